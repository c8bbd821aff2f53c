/**
 * What is known of each live block, beside the heap under test: four words for every granule of 16 bytes of which the
 * block's first counts. Untouched pages of it cost no memory.
 *
 *   SIZE       requested bytes plus one; 0 = no recorded block starts here. Stored last, cleared first: it commits
 *   IDENTITY   who the block is: its pattern follows from that
 *   HISTORY    the interval of life that was noted for it, 0 = none (see interval-history)
 */
import { GRANULE_BYTES } from './shadow-map.ts';

const Word = { SIZE: 0, IDENTITY: 1, HISTORY: 2, WORDS: 4 } as const;

export class BlockRecords {
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  /** Records for addresses below `byteLength`. */
  static reserve(byteLength: number): SharedArrayBuffer {
    return new SharedArrayBuffer(Math.ceil(byteLength / GRANULE_BYTES) * Word.WORDS * 4);
  }

  /** @param block - its first granule */
  add(block: number, identity: number, size: number): void {
    this.#words[block * Word.WORDS + Word.IDENTITY] = identity;
    Atomics.store(this.#words, block * Word.WORDS + Word.SIZE, size + 1);
  }

  remove(block: number): void {
    Atomics.store(this.#words, block * Word.WORDS + Word.SIZE, 0);
  }

  has(block: number): boolean {
    return Atomics.load(this.#words, block * Word.WORDS + Word.SIZE) !== 0;
  }

  sizeOf(block: number): number {
    return Atomics.load(this.#words, block * Word.WORDS + Word.SIZE) - 1;
  }

  identityOf(block: number): number {
    return this.#words[block * Word.WORDS + Word.IDENTITY];
  }

  historyOf(block: number): number {
    return this.#words[block * Word.WORDS + Word.HISTORY];
  }

  setHistory(block: number, interval: number): void {
    this.#words[block * Word.WORDS + Word.HISTORY] = interval;
  }

  /** All blocks recorded below address `byteLength`, when nobody works. */
  blocks(byteLength: number): number[] {
    const blocks: number[] = [];
    const end = Math.min(this.#words.length, (byteLength / GRANULE_BYTES) * Word.WORDS);
    for (let word = 0; word < end; word += Word.WORDS) {
      if (this.#words[word + Word.SIZE] !== 0) blocks.push(word / Word.WORDS);
    }
    return blocks;
  }
}
