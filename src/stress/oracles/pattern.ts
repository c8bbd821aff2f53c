/**
 * The contents of blocks: every byte follows from who the block is and where in it the byte lies, not from its size,
 * so that a reallocation keeps a prefix that can be verified in its new place.
 *
 *   word i of block b  =  (b xor salt) · A + i · B   (mod 2³²)
 *
 * Plain stores and loads: a block belongs to one thread at a time, and handing it over synchronizes.
 */
const IDENTITY_FACTOR = 0x9e37_79b1;
const WORD_STEP = 0x85eb_ca6b | 0;

/** Nothing found wrong. */
export const INTACT = -1;

export class Pattern {
  readonly #buffer: SharedArrayBuffer;
  readonly #salt: number;
  /** One word and its bytes, for the end of a block that is no whole word. */
  readonly #tail = new Int32Array(1);
  readonly #tailBytes: Uint8Array = new Uint8Array(this.#tail.buffer);
  #words: Int32Array<SharedArrayBuffer>;
  #bytes: Uint8Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer, salt: number) {
    this.#buffer = buffer;
    this.#salt = salt;
    this.#words = new Int32Array(buffer, 0, buffer.byteLength >>> 2);
    this.#bytes = new Uint8Array(buffer, 0, buffer.byteLength);
  }

  /** Writes bytes [from, size) of the block; `from` is rounded down to a whole word. */
  fill(identity: number, address: number, from: number, size: number): void {
    if (address + size > this.#bytes.length) this.#renewViews();
    const words = this.#words;
    const firstWord = from >>> 2;
    const wordCount = size >>> 2;
    const start = address / 4;
    let value = this.#wordAt(identity, firstWord);
    for (let i = firstWord; i < wordCount; i++) {
      words[start + i] = value;
      value = (value + WORD_STEP) | 0;
    }
    this.#tail[0] = this.#wordAt(identity, wordCount);
    for (let at = wordCount * 4; at < size; at++) this.#bytes[address + at] = this.#tailBytes[at & 3];
  }

  /** The first byte of [0, size) that is not as it was filled, or INTACT. */
  firstDamage(identity: number, address: number, size: number): number {
    if (address + size > this.#bytes.length) this.#renewViews();
    const words = this.#words;
    const wordCount = size >>> 2;
    const start = address / 4;
    let value = this.#wordAt(identity, 0);
    for (let i = 0; i < wordCount; i++) {
      if (words[start + i] !== value) return i * 4;
      value = (value + WORD_STEP) | 0;
    }
    this.#tail[0] = value;
    for (let at = wordCount * 4; at < size; at++) {
      if (this.#bytes[address + at] !== this.#tailBytes[at & 3]) return at;
    }
    return INTACT;
  }

  /** The first byte of [0, size) that is not 0, or INTACT. */
  firstNonZero(address: number, size: number): number {
    if (address + size > this.#bytes.length) this.#renewViews();
    const words = this.#words;
    const wordCount = size >>> 2;
    const start = address / 4;
    for (let i = 0; i < wordCount; i++) if (words[start + i] !== 0) return i * 4;
    for (let at = wordCount * 4; at < size; at++) if (this.#bytes[address + at] !== 0) return at;
    return INTACT;
  }

  #wordAt(identity: number, index: number): number {
    return (Math.imul(identity ^ this.#salt, IDENTITY_FACTOR) + Math.imul(index, WORD_STEP)) | 0;
  }

  /** After the heap has grown: views of fixed length stay fast, those that track the length do not. */
  #renewViews(): void {
    this.#words = new Int32Array(this.#buffer, 0, this.#buffer.byteLength >>> 2);
    this.#bytes = new Uint8Array(this.#buffer, 0, this.#buffer.byteLength);
  }
}
