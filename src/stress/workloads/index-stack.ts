/**
 * A stack of small whole numbers that any thread pushes and pops without a lock (Treiber 1986).
 *
 *   words[first]          top: the number on top plus one (0 = empty) in the low half, a count of changes in the high
 *   words[first + 1 + i]  what lies below number i, in the form of the low half
 *
 * The count keeps a compare-exchange from succeeding when the same number has come back on top in between.
 */
const LOW = 0xffff;
const CHANGE = 0x1_0000;

/** Nothing to pop. */
export const EMPTY = -1;

export class IndexStack {
  readonly #words: Int32Array;
  readonly #top: number;

  /** Words that a stack of the numbers 0 … count − 1 needs. */
  static wordsFor(count: number): number {
    return count + 1;
  }

  constructor(words: Int32Array, first: number) {
    this.#words = words;
    this.#top = first;
  }

  push(index: number): void {
    for (;;) {
      const top = Atomics.load(this.#words, this.#top);
      Atomics.store(this.#words, this.#top + 1 + index, top & LOW);
      if (this.#replaceTop(top, index + 1)) return;
    }
  }

  pop(): number {
    for (;;) {
      const top = Atomics.load(this.#words, this.#top);
      if ((top & LOW) === 0) return EMPTY;
      const index = (top & LOW) - 1;
      if (this.#replaceTop(top, Atomics.load(this.#words, this.#top + 1 + index))) return index;
    }
  }

  #replaceTop(top: number, low: number): boolean {
    const next = ((top & ~LOW) + CHANGE) | low | 0;
    return Atomics.compareExchange(this.#words, this.#top, top, next) === top;
  }
}
