/** A sequence of pseudo-random numbers that a seed and the number of a case determine. */
import { following, fraction, seeded } from '../../../src/xorshift.ts';

export class Random {
  #state: number;

  constructor(seed: number, sequence: number) {
    this.#state = seeded(seed, sequence);
  }

  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number {
    this.#state = following(this.#state);
    return Math.floor(fraction(this.#state) * limit);
  }

  /** Any Int32. */
  word(): number {
    return (this.below(65_536) << 16) | this.below(65_536);
  }

  pick<Element>(elements: readonly Element[]): Element {
    return elements[this.below(elements.length)];
  }
}
