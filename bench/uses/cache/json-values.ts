/** The values of the cache and which of them are asked for: few of them often, most of them seldom (Zipf's law). */

/** A record as a program would cache it: about 600 bytes of JSON. */
export interface JsonValue {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly string[];
  readonly history: readonly { readonly at: number; readonly what: string }[];
  readonly note: string;
}

export const KEY_COUNT = 10_000;

export const keyOf = (index: number): string => `user:${index}`;

export function valueOf(index: number): JsonValue {
  const history = Array.from({ length: 6 }, (_, step) => ({ at: 1_700_000_000 + index * step, what: `step ${step}` }));
  return { id: index, name: `user number ${index}`, tags: ['a', 'b', 'c'], history, note: 'x'.repeat(300) };
}

/** Indices of keys in the order of their use. */
export function zipfIndices(count: number, seed: number): Int32Array {
  const cumulative = new Float64Array(KEY_COUNT);
  let total = 0;
  for (let rank = 0; rank < KEY_COUNT; rank++) cumulative[rank] = total += 1 / (rank + 1);
  let state = seed;
  return Int32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return lowestAtLeast(cumulative, ((state >>> 0) / 2 ** 32) * total);
  });
}

function lowestAtLeast(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
