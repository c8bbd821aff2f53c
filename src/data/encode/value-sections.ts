/** The sections of one value while it is written, in private memory: words, doubles, text. See `value-format.ts`. */
import { CHARS_LIMIT, charsWord, NO_WORD, numberWord } from '../format/scalars.ts';
import { TextSection } from './text-section.ts';
import { HeaderWord, MAGIC, PAYLOAD_LIMIT, recordWord, Tag, TAG_BITS } from '../format/value-format.ts';

const FIRST_WORDS = 512;
const FIRST_DOUBLES = 64;
/** Longer texts seldom occur twice. */
const INTERN_LIMIT = 48;
const BYTES_PER_WORD = 4;
const BYTES_PER_DOUBLE = 8;
const RECORD_WORDS = 3;

/** Grows as a value is written, then copies it into its block. */
export class ValueSections {
  words: Int32Array<ArrayBuffer> = new Int32Array(FIRST_WORDS);
  readonly #text = new TextSection();
  readonly #texts = new Map<string, number>();
  #end: number = HeaderWord.END;
  #doubles = new Float64Array(FIRST_DOUBLES);
  #doubleCount = 0;

  /** Reserves words, which are zeros, and returns their offset. */
  take(count: number): number {
    const at = this.#end;
    const end = at + count;
    if (end > this.words.length) {
      if (end >= PAYLOAD_LIMIT) throw new RangeError('the value is too large to be shared in one block');
      const longer = new Int32Array(Math.max(2 * this.words.length, end));
      longer.set(this.words.subarray(0, at));
      this.words = longer;
    }
    this.#end = end;
    return at;
  }

  /** A record of a kind with two words. Returns the word that refers to it. */
  record(kind: number, first: number, second: number): number {
    const at = this.take(RECORD_WORDS);
    this.words[at] = kind;
    this.words[at + 1] = first;
    this.words[at + 2] = second;
    return recordWord(at, Tag.OTHER);
  }

  number(value: number): number {
    const word = numberWord(value);
    return word === NO_WORD ? (this.doubles([value]) << TAG_BITS) | Tag.DOUBLE : word;
  }

  /** Writes doubles one after the other and returns the index of the first. */
  doubles(values: readonly number[]): number {
    const first = this.#doubleCount;
    const end = first + values.length;
    if (end > this.#doubles.length) {
      const longer = new Float64Array(Math.max(2 * this.#doubles.length, end));
      longer.set(this.#doubles.subarray(0, first));
      this.#doubles = longer;
    }
    this.#doubles.set(values, first);
    this.#doubleCount = end;
    return first;
  }

  /** The word for a text. Short texts are written once each. */
  string(text: string): number {
    if (text.length <= CHARS_LIMIT) {
      const word = charsWord(text);
      if (word !== NO_WORD) return word;
    }
    if (text.length > INTERN_LIMIT) return this.newText(text);
    let word = this.#texts.get(text);
    if (word === undefined) this.#texts.set(text, (word = this.newText(text)));
    return word;
  }

  newText(text: string): number {
    return (this.#text.put(text) << TAG_BITS) | Tag.TEXT;
  }

  /** Writes bytes and returns their offset in the text section. */
  bytes(data: Uint8Array): number {
    return this.#text.putBytes(data);
  }

  get #doublesStart(): number {
    return Math.ceil((this.#end * BYTES_PER_WORD) / BYTES_PER_DOUBLE) * BYTES_PER_DOUBLE;
  }

  get #textStart(): number {
    return this.#doublesStart + this.#doubleCount * BYTES_PER_DOUBLE;
  }

  /** Bytes of a block that holds the value. */
  get byteLength(): number {
    return this.#textStart + this.#text.end;
  }

  /** Says what the value is, and where its shapes lie, when all else is written. */
  finish(root: number, shapes: number, shapeCount: number): void {
    this.words[HeaderWord.ROOT] = root;
    this.words[HeaderWord.SHAPES] = shapes;
    this.words[HeaderWord.SHAPE_COUNT] = shapeCount;
    this.words[HeaderWord.DOUBLES] = this.#doublesStart;
    this.words[HeaderWord.DOUBLE_COUNT] = this.#doubleCount;
    this.words[HeaderWord.TEXT] = this.#textStart;
    this.words[HeaderWord.TEXT_BYTES] = this.#text.end;
  }

  /** Writes the value into its block; the store of MAGIC makes it one. */
  copyTo(block: Uint8Array<SharedArrayBuffer>): void {
    block.set(new Uint8Array(this.words.buffer, 0, this.#end * BYTES_PER_WORD));
    block.set(new Uint8Array(this.#doubles.buffer, 0, this.#doubleCount * BYTES_PER_DOUBLE), this.#doublesStart);
    block.set(this.#text.bytes.subarray(0, this.#text.end), this.#textStart);
    Atomics.store(new Int32Array(block.buffer, block.byteOffset, 1), HeaderWord.MAGIC, MAGIC);
  }
}
