/**
 * Whose turn it is in a ring of places with one sender and one receiver: two counters that only rise. Each side waits on
 * the counter of the other.
 */
const HEAD = 0;
const TAIL = 16; // on another cache line

export const TURN_WORDS = 32;

export class RingTurns {
  readonly #words: Int32Array;
  readonly #places: number;

  constructor(words: Int32Array, places: number) {
    this.#words = words;
    this.#places = places;
  }

  /** Waits for an empty place and returns its index. */
  enter(): number {
    const tail = this.#words[TAIL];
    for (;;) {
      const head = Atomics.load(this.#words, HEAD);
      if (((tail - head) | 0) < this.#places) return (tail >>> 0) % this.#places;
      Atomics.wait(this.#words, HEAD, head);
    }
  }

  /** What stands in the place that was entered may be received. */
  entered(): void {
    Atomics.add(this.#words, TAIL, 1);
    Atomics.notify(this.#words, TAIL, 1);
  }

  /** Waits for a place with a message and returns its index. */
  leave(): number {
    const head = this.#words[HEAD];
    for (;;) {
      const tail = Atomics.load(this.#words, TAIL);
      if (tail !== head) return (head >>> 0) % this.#places;
      Atomics.wait(this.#words, TAIL, tail);
    }
  }

  /** The place that was left is empty. */
  left(): void {
    Atomics.add(this.#words, HEAD, 1);
    Atomics.notify(this.#words, HEAD, 1);
  }
}
