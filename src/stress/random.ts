/** Marsaglia's xorshift32: small, quick, and the same everywhere for the same seed. */
export class Random {
  #state: number;

  /** @param seed - any whole number; its bits are mixed, so that seeds side by side give unlike sequences */
  constructor(seed: number) {
    const mixed = Math.imul(seed ^ (seed >>> 16), 0x85eb_ca6b);
    this.#state = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35) || 1;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) % limit;
  }
}
