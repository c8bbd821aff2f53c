/** A list of Int32 words that grows by doubling: millions of them, without an object each. */
const FIRST_CAPACITY = 1024;

export class WordList {
  #words: Int32Array = new Int32Array(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The last word; 0 if there is none. */
  get last(): number {
    return this.#length === 0 ? 0 : this.#words[this.#length - 1];
  }

  set last(word: number) {
    this.#words[this.#length - 1] = word;
  }

  push(word: number): void {
    if (this.#length === this.#words.length) this.#grow();
    this.#words[this.#length++] = word;
  }

  #grow(): void {
    const longer = new Int32Array(2 * this.#words.length);
    longer.set(this.#words);
    this.#words = longer;
  }

  /** What is in the list, until it changes. */
  words(): Int32Array {
    return this.#words.subarray(0, this.#length);
  }
}
