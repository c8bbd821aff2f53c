import { defineScenario } from '../../../src/explore/index.ts';

type Integers = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

/** Small numbers that `seed` determines, some of them out of every range. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    return (state >> 16) * (state % 7 === 0 ? 100_003 : 1);
  };
}

const draw = numbers(20_250);
const ROUNDS = 12;

/** All results, in order, of the same calls on a view; the explorer controls one of the two buffers only. */
function results(view: Integers, values: readonly number[]): unknown[] {
  const found: unknown[] = [view.length, view instanceof Object.getPrototypeOf(Int8Array), ArrayBuffer.isView(view)];
  values.forEach((value, at) => {
    const index = at % view.length;
    const call = [
      () => Atomics.store(view, index, value),
      () => Atomics.add(view, index, value),
      () => Atomics.sub(view, index, value),
      () => Atomics.and(view, index, value),
      () => Atomics.or(view, index, value),
      () => Atomics.xor(view, index, value),
      () => Atomics.exchange(view, index, value),
      () => Atomics.compareExchange(view, index, Atomics.load(view, index), value),
      () => (view[index] = value),
      () => view.fill(value, 1, 3).join(),
      () => (view.set([value, value + 1], 1), view.subarray(1, 3).slice().join()),
      () => view.copyWithin(0, 1, 2).indexOf(view[1] ?? 0),
    ][at % 12];
    found.push(call?.(), view[index]);
  });
  return [...found, [...view].join(), new Uint8Array(view).join(), view.at(-1), view.includes(0)];
}

function bigResults(view: BigInt64Array<SharedArrayBuffer>): unknown[] {
  return [
    Atomics.store(view, 0, 5n),
    Atomics.add(view, 0, 2n ** 62n),
    Atomics.compareExchange(view, 0, 3n, 4n),
    Atomics.exchange(view, 0, -1n),
    Atomics.xor(view, 0, 7n),
    Atomics.wait(view, 0, 0n, 0),
    Atomics.notify(view, 0),
    view[0],
  ].map(String);
}

function dataViewResults(view: DataView<SharedArrayBuffer>): unknown[] {
  view.setInt16(1, -300);
  view.setFloat64(8, 1.5, true);
  view.setBigUint64(16, 2n ** 63n);
  return [view.getInt16(1), view.getUint8(1), view.getFloat64(8, true), String(view.getBigUint64(16)), view.byteLength];
}

const CONSTRUCTORS: readonly (new (buffer: SharedArrayBuffer, start: number, length: number) => Integers)[] = [
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
];

/** Compares every operation on the buffer under test with the same on another. */
export default defineScenario({
  threads: 1,
  bytes: 128,
  thread(_index, buffer) {
    const other = new SharedArrayBuffer(128);
    for (const View of CONSTRUCTORS) {
      const values = Array.from({ length: ROUNDS * 2 }, draw);
      compare(View.name, results(new View(buffer, 0, 4), values), results(new View(other, 0, 4), values));
    }
    compare('BigInt64Array', bigResults(new BigInt64Array(buffer)), bigResults(new BigInt64Array(other)));
    compare('DataView', dataViewResults(new DataView(buffer)), dataViewResults(new DataView(other)));
    for (const bad of [-1, 4, 1e9]) refuses(() => Atomics.load(new Int32Array(buffer, 0, 4), bad));
    refuses(() => Atomics.add(new Float64Array(buffer) as never, 0, 1));
    refuses(() => Atomics.wait(new Int16Array(buffer) as never, 0, 1));
  },
});

function compare(what: string, found: unknown[], expected: unknown[]): void {
  found.forEach((value, at) => {
    if (!Object.is(value, expected[at])) {
      const [shown, wanted] = [String(value), String(expected[at])];
      throw new Error(`${what}: result ${at} is ${shown} in place of ${wanted}`);
    }
  });
}

function refuses(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return;
    throw error;
  }
  throw new Error('a call was accepted that must be refused');
}
