/**
 * A bitmap with 32-ary summary levels: bit i of a word one level up says that word i of the level below is not zero,
 * so the nearest set bit is found in a few loads however far it is.
 *
 *   level 2   ········1
 *   level 1   1·······1···            one bit per word below
 *   level 0   ··1·1···  ········  ·······1     one bit per index
 *
 * Written and read by the holder of the lock. Invariant at every instant, also when the writer vanishes between two
 * stores: a set bit has set bits above it. `set` therefore works downwards and `clear` upwards.
 */
import { bitmapLevelSizes, type Region } from '../layout/regions.ts';
import { BITS_PER_WORD } from '../layout/units.ts';
import type { Layout } from '../layout/layout.ts';

/** Returned when there is no such bit. */
export const NO_BIT = -1;

export const highestBit = (word: number): number => 31 - Math.clz32(word);
export const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
/** The bit of `index` in its word. */
export const bitOf = (index: number): number => 1 << (index & 31);
/** The bits of a word below that of `index`. */
export const bitsBelow = (index: number): number => bitOf(index) - 1;

/** Set of small whole numbers with fast neighbours. */
export class SummaryBitmap {
  protected readonly levels: Int32Array[] = [];
  readonly #leaves: Int32Array;

  constructor(layout: Layout, region: Region, bitCount: number) {
    const words = layout.viewOf(region);
    let start = 0;
    for (const size of bitmapLevelSizes(bitCount)) this.levels.push(words.subarray(start, (start += size)));
    this.#leaves = this.levels[0]!;
  }

  /** The store by which words change; a bitmap that others read without the lock makes it atomic. */
  protected store(words: Int32Array, index: number, word: number): void {
    words[index] = word;
  }

  has(index: number): boolean {
    return ((this.#leaves[index >>> 5] >>> (index & 31)) & 1) !== 0;
  }

  /** The 32 bits from `index & ~31` on. */
  wordAt(index: number): number {
    return this.#leaves[index >>> 5];
  }

  set(index: number): void {
    const word = this.#leaves[index >>> 5];
    if (word === 0) this.#setSummary(1, index >>> 5);
    this.store(this.#leaves, index >>> 5, word | bitOf(index));
  }

  #setSummary(level: number, index: number): void {
    if (level === this.levels.length) return;
    const words = this.levels[level];
    const word = words[index >>> 5];
    if (word === 0) this.#setSummary(level + 1, index >>> 5);
    this.#storeIfDifferent(words, index >>> 5, word | bitOf(index));
  }

  clear(index: number): void {
    const word = this.#leaves[index >>> 5] & ~bitOf(index);
    this.store(this.#leaves, index >>> 5, word);
    if (word === 0) this.#clearSummary(index >>> 5);
  }

  #clearSummary(index: number): void {
    for (let level = 1; level < this.levels.length; level++, index >>>= 5) {
      const words = this.levels[level];
      const word = words[index >>> 5] & ~bitOf(index);
      this.#storeIfDifferent(words, index >>> 5, word);
      if (word !== 0) return;
    }
  }

  /** Writes the 32 bits from `index & ~31` on at once. */
  replaceWord(index: number, word: number): void {
    if (word !== 0) this.#setSummary(1, index >>> 5);
    this.#storeIfDifferent(this.#leaves, index >>> 5, word);
    if (word === 0) this.#clearSummary(index >>> 5);
  }

  /** Derives the summaries over the first `bitCount` bits from the bits, whatever they hold; writes what differs. */
  deriveSummaries(bitCount: number): void {
    let count = Math.ceil(bitCount / BITS_PER_WORD);
    for (let level = 1; level < this.levels.length; level++) {
      const [lower, upper] = [this.levels[level - 1], this.levels[level]];
      for (let first = 0; first < count; first += BITS_PER_WORD) {
        let word = 0;
        const end = Math.min(lower.length, first + BITS_PER_WORD);
        for (let index = first; index < end; index++) if (lower[index] !== 0) word |= bitOf(index);
        this.#storeIfDifferent(upper, first >>> 5, word);
      }
      count = Math.ceil(count / BITS_PER_WORD);
    }
  }

  #storeIfDifferent(words: Int32Array, index: number, word: number): void {
    if (words[index] !== word) this.store(words, index, word);
  }

  /** The greatest set index ≤ `index`, or NO_BIT. */
  lastAtOrBefore(index: number): number {
    const word = this.#leaves[index >>> 5] & (bitsBelow(index) | bitOf(index));
    if (word !== 0) return (index & ~31) | highestBit(word);
    return this.#lastBefore(index >>> 5);
  }

  #lastBefore(index: number): number {
    for (let level = 1; level < this.levels.length; level++, index >>>= 5) {
      const word = this.levels[level][index >>> 5] & bitsBelow(index);
      if (word !== 0) return this.#lastBelow(level, (index & ~31) | highestBit(word));
    }
    return NO_BIT;
  }

  #lastBelow(level: number, index: number): number {
    while (level-- > 0) index = (index << 5) | highestBit(this.levels[level][index]);
    return index;
  }

  /** The smallest set index ≥ `index`, or NO_BIT. */
  firstAtOrAfter(index: number): number {
    if (index >>> 5 >= this.#leaves.length) return NO_BIT;
    const word = this.#leaves[index >>> 5] & ~bitsBelow(index);
    if (word !== 0) return (index & ~31) | lowestBit(word);
    return this.#firstAfter(index >>> 5);
  }

  #firstAfter(index: number): number {
    for (let level = 1; level < this.levels.length; level++, index >>>= 5) {
      const word = this.levels[level][index >>> 5] & ~bitsBelow(index) & ~bitOf(index);
      if (word !== 0) return this.#firstBelow(level, (index & ~31) | lowestBit(word));
    }
    return NO_BIT;
  }

  #firstBelow(level: number, index: number): number {
    while (level-- > 0) index = (index << 5) | lowestBit(this.levels[level][index]);
    return index;
  }

  /** Calls `visit` for every set index and clears it. Finds all of them whatever a change cut short left behind. */
  drain(visit: (index: number) => void): void {
    this.#drainWord(this.levels.length - 1, 0, visit);
  }

  #drainWord(level: number, wordIndex: number, visit: (index: number) => void): void {
    const words = this.levels[level];
    for (let word = words[wordIndex]; word !== 0; word &= word - 1) {
      const index = (wordIndex << 5) | lowestBit(word);
      if (level === 0) visit(index);
      else this.#drainWord(level - 1, index, visit);
      this.store(words, wordIndex, word & (word - 1));
    }
  }

  /** Whether every summary bit says what the words below it hold, for `check`. */
  isConsistent(): boolean {
    for (let level = 1; level < this.levels.length; level++) {
      const [lower, upper] = [this.levels[level - 1], this.levels[level]];
      for (let index = 0; index < lower.length; index++) {
        if ((lower[index] !== 0) !== (((upper[index >>> 5] >>> (index & 31)) & 1) !== 0)) return false;
      }
    }
    return true;
  }
}
