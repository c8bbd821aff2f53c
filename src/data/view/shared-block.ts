/**
 * One shared value in its block, as a thread reads it: views of the block alone, so that nothing here can leave it, and
 * what a word stands for. Whoever opens a value makes one of these; it has no state but caches.
 */
import { AllocatorError } from '../../allocator-error.ts';
import type { DataHeap } from '../format/data-heap.ts';
import { charsOf, decimalOf } from '../format/scalars.ts';
import { textAt } from '../format/text.ts';
import {
  CONSTANTS,
  Elements,
  HeaderWord,
  Kind,
  MAGIC,
  ShapeWord,
  Tag,
  TAG_BITS,
  TAG_MASK,
} from '../format/value-format.ts';

/** How a block's objects and arrays are shown to the program. */
export interface Presentation {
  readonly object: (block: SharedBlock, at: number) => object;
  readonly array: (block: SharedBlock, at: number) => object;
  readonly dictionary: (block: SharedBlock, at: number) => object;
}

const BYTES_PER_WORD = 4;
const HEADER_BYTES = HeaderWord.END * BYTES_PER_WORD;
const singleBits = new Int32Array(1);
const single = new Float32Array(singleBits.buffer);

/** The block of one value. */
export class SharedBlock {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly doubles: Float64Array<SharedArrayBuffer>;
  readonly presentation: Presentation;
  /** What the presentation keeps for each shape. */
  readonly shapes: unknown[] = [];
  readonly #text: number;

  /** @throws AllocatorError `INVALID_ADDRESS` where no block starts, `TYPE_MISMATCH` where one starts that is no value */
  constructor(heap: DataHeap, ref: number, presentation: Presentation) {
    const byteLength = heap.sizeOf(ref);
    if (byteLength < HEADER_BYTES) throw noValue(ref);
    const { buffer } = heap;
    this.words = new Int32Array(buffer, ref, Math.floor(byteLength / BYTES_PER_WORD));
    const header = this.words;
    const textEnd = header[HeaderWord.TEXT] + header[HeaderWord.TEXT_BYTES];
    if (Atomics.load(header, HeaderWord.MAGIC) !== MAGIC || textEnd > byteLength) throw noValue(ref);
    this.presentation = presentation;
    this.#text = header[HeaderWord.TEXT];
    this.bytes = new Uint8Array(buffer, ref, textEnd);
    this.doubles = new Float64Array(buffer, ref + header[HeaderWord.DOUBLES], header[HeaderWord.DOUBLE_COUNT]);
  }

  get root(): unknown {
    return this.valueOf(this.words[HeaderWord.ROOT]);
  }

  /**
   * What a word stands for.
   *
   * @throws AllocatorError `TYPE_MISMATCH` if the block was freed and that can still be seen
   */
  valueOf(word: number): unknown {
    switch (word & TAG_MASK) {
      case Tag.INT:
        return word >> TAG_BITS;
      case Tag.DECIMAL:
        return decimalOf(word);
      case Tag.DOUBLE:
        return this.doubles[word >>> TAG_BITS];
      case Tag.CHARS:
        return charsOf(word);
      case Tag.TEXT:
        return this.textOf(word);
      case Tag.OBJECT:
        this.#requireLive();
        return this.presentation.object(this, word >>> TAG_BITS);
      case Tag.ARRAY:
        this.#requireLive();
        return this.presentation.array(this, word >>> TAG_BITS);
      default:
        return this.#other(word >>> TAG_BITS);
    }
  }

  #other(at: number): unknown {
    if (at < CONSTANTS.length) return CONSTANTS[at];
    this.#requireLive();
    const first = this.words[at + 1];
    switch (this.words[at]) {
      case Kind.BYTES:
        return this.#bytesAt(this.#text + this.words[at + 2], first);
      case Kind.DATE:
        return new Date(this.valueOf(first) as number);
      case Kind.BIGINT:
        return BigInt(this.valueOf(first) as string);
      default:
        return this.presentation.dictionary(this, at);
    }
  }

  #bytesAt(start: number, byteLength: number): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(byteLength);
    copy.set(this.bytes.subarray(start, start + byteLength));
    return copy;
  }

  /**
   * The text of a word that stands for one.
   *
   * @throws AllocatorError `TYPE_MISMATCH` if the block was freed and that can still be seen
   */
  textOf(word: number): string {
    if ((word & TAG_MASK) === Tag.CHARS) return charsOf(word);
    const text = textAt(this.bytes, this.#text + (word >>> TAG_BITS));
    if (text === undefined) throw freed();
    return text;
  }

  /** Number of elements of the array at a word offset. */
  lengthAt(at: number): number {
    return this.words[at] >>> TAG_BITS;
  }

  /** An element of the array at a word offset; `index` lies in the array. */
  elementAt(at: number, index: number): unknown {
    const { words } = this;
    switch (words[at] & TAG_MASK) {
      case Elements.VALUES:
        return this.valueOf(words[at + 1 + index]);
      case Elements.INT8:
        return (words[at + 1 + (index >> 2)] << (24 - ((index & 3) << 3))) >> 24;
      case Elements.INT16:
        return (words[at + 1 + (index >> 1)] << (16 - ((index & 1) << 4))) >> 16;
      case Elements.INT32:
        return words[at + 1 + index];
      case Elements.FLOAT32:
        singleBits[0] = words[at + 1 + index];
        return single[0];
      default:
        return this.doubles[words[at + 1] + index];
    }
  }

  /** Hash and keys (as a JSON text) of a shape. */
  shapeHash(shape: number): number {
    return this.words[this.words[HeaderWord.SHAPES] + shape * ShapeWord.END + ShapeWord.HASH];
  }

  shapeKeys(shape: number): string {
    return this.textOf(this.words[this.words[HeaderWord.SHAPES] + shape * ShapeWord.END + ShapeWord.KEYS]);
  }

  #requireLive(): void {
    if (this.words[HeaderWord.MAGIC] === MAGIC) return;
    throw freed();
  }
}

function freed(): AllocatorError {
  return new AllocatorError('TYPE_MISMATCH', 'the shared value was freed; open it only while its block lives');
}

function noValue(ref: number): AllocatorError {
  return new AllocatorError('TYPE_MISMATCH', `the block at ${ref} holds no value; open what share returned`);
}
