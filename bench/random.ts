/** Marsaglia's xorshift32 with the shifts 13, 17, 5: small, and the same in every language. */
export class Xorshift32 {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number from 1 to 2³² − 1. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number {
    return this.next() % limit;
  }
}
