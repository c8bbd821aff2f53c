/**
 * The contents of blocks: every byte follows from who the block is and where in it the byte lies, not from its size,
 * so that a reallocation keeps a prefix that can be verified in its new place.
 *
 *   byte i of block b  =  noise[(start(b) + i) mod NOISE_BYTES]
 *
 * The noise is random, the same for all threads of a round. Two blocks agree about a byte of theirs by chance alone,
 * about all only if they start alike in the noise, one time in 65,536. Copies and comparisons are those of the engine,
 * ten times as fast as a loop over words.
 *
 * Plain stores and loads: a block belongs to one thread at a time, and handing it over synchronizes.
 */
import { following, seeded } from '../../xorshift.ts';

const NOISE_BYTES = 256 * 1024;
const IDENTITY_FACTOR = 0x9e37_79b1;
/** Up to here a loop is faster. */
const LOOP_BYTES = 64;

/** Nothing found wrong. */
export const INTACT = -1;

export class Pattern {
  readonly #buffer: SharedArrayBuffer;
  readonly #noise: Buffer;
  readonly #zeros: Buffer = Buffer.alloc(NOISE_BYTES);
  #bytes: Buffer;

  /** @param salt - decides on the noise */
  constructor(buffer: SharedArrayBuffer, salt: number) {
    this.#buffer = buffer;
    this.#bytes = Buffer.from(buffer, 0, buffer.byteLength);
    this.#noise = noiseFor(salt);
  }

  /** Writes bytes [from, size) of the block. */
  fill(identity: number, address: number, from: number, size: number): void {
    if (address + size > this.#bytes.length) this.#renewView();
    const start = startOf(identity);
    for (let at = from; at < size;) {
      const place = (start + at) % NOISE_BYTES;
      const end = Math.min(size, at + NOISE_BYTES - place);
      if (end - at > LOOP_BYTES) this.#noise.copy(this.#bytes, address + at, place, place + end - at);
      else for (let i = 0; i < end - at; i++) this.#bytes[address + at + i] = this.#noise[place + i];
      at = end;
    }
  }

  /** The first byte of [0, size) that is not as it was filled, or INTACT. */
  firstDamage(identity: number, address: number, size: number): number {
    return this.#firstOtherThan(this.#noise, startOf(identity), address, size);
  }

  /** The first byte of [0, size) that is not 0, or INTACT. */
  firstNonZero(address: number, size: number): number {
    return this.#firstOtherThan(this.#zeros, 0, address, size);
  }

  #firstOtherThan(expected: Buffer, start: number, address: number, size: number): number {
    if (address + size > this.#bytes.length) this.#renewView();
    for (let at = 0; at < size;) {
      const place = (start + at) % NOISE_BYTES;
      const end = Math.min(size, at + NOISE_BYTES - place);
      if (!this.#isEqual(expected, place, address + at, end - at)) return this.#firstIn(expected, start, address, at);
      at = end;
    }
    return INTACT;
  }

  #isEqual(expected: Buffer, place: number, address: number, length: number): boolean {
    const bytes = this.#bytes;
    if (length > LOOP_BYTES) return expected.compare(bytes, address, address + length, place, place + length) === 0;
    for (let i = 0; i < length; i++) if (bytes[address + i] !== expected[place + i]) return false;
    return true;
  }

  /** From `at` on there is one. */
  #firstIn(expected: Buffer, start: number, address: number, at: number): number {
    let offset = at;
    while (this.#bytes[address + offset] === expected[(start + offset) % NOISE_BYTES]) offset++;
    return offset;
  }

  /** After the heap has grown: views of fixed length stay fast, those that track the length do not. */
  #renewView(): void {
    this.#bytes = Buffer.from(this.#buffer, 0, this.#buffer.byteLength);
  }
}

/** Where in the noise a block starts, at a whole word. */
function startOf(identity: number): number {
  return (Math.imul(identity, IDENTITY_FACTOR) >>> 14) & -4;
}

function noiseFor(salt: number): Buffer {
  const words = new Int32Array(NOISE_BYTES / 4);
  let state = seeded(salt, 0);
  for (let i = 0; i < words.length; i++) words[i] = state = following(state);
  return Buffer.from(words.buffer);
}
