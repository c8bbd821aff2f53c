/**
 * Marsaglia's xorshift32 (2003) with the shifts 13, 17, 5: small, quick, and the same in every language. Its state is
 * one word, so that it can live in shared memory.
 */

/** A state, never 0, for a seed and a number that distinguishes sequences under that seed. */
export function seeded(seed: number, sequence: number): number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(sequence + 1, 0xc2b2ae35);
  state = Math.imul(state ^ (state >>> 16), 0x7feb352d);
  state = Math.imul(state ^ (state >>> 15), 0x846ca68b);
  return state ^ (state >>> 16) || 1;
}

/** The state that follows. */
export function following(state: number): number {
  let next = state;
  next ^= next << 13;
  next ^= next >>> 17;
  next ^= next << 5;
  return next;
}

/** A state as a number in [0, 1). */
export const fraction = (state: number): number => (state >>> 0) / 4_294_967_296;

/** The generator with a state of its own. */
export class Xorshift32 {
  #state: number;

  /** @param state - not 0; `seeded` gives unrelated ones for seeds side by side */
  constructor(state: number) {
    this.#state = state;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    this.#state = following(this.#state);
    return (this.#state >>> 0) % limit;
  }
}
