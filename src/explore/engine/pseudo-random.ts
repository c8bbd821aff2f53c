/**
 * A small generator of pseudo-random numbers whose state is one word, so that it can live on the board: xorshift32
 * (Marsaglia 2003), seeded through a finalizer so that neighbouring seeds give unrelated sequences.
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
