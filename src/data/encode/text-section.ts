/**
 * Text and bytes of one value while it is written, in private memory. Long runs of bytes start at a multiple of eight:
 * engines copy between shared and private memory several times slower where the two sides differ in that.
 */
import { PAYLOAD_LIMIT } from '../format/value-format.ts';

const FIRST_BYTES = 1024;
const ALIGNMENT = 8;
/** From so many bytes on, alignment pays. */
const ALIGN_FROM_BYTES = 64;
/** Up to so many characters a loop is faster than an encoder. */
const LOOP_LIMIT = 40;
/** Most bytes that a length takes as LEB128. */
const LENGTH_BYTES = 5;
const MOST_BYTES_PER_UNIT = 3;

const encoder = new TextEncoder();

/** A growing run of bytes. */
export class TextSection {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_BYTES);
  end = 0;

  /** Writes a text behind its length and returns its byte offset. */
  put(text: string): number {
    const mostBytes = text.length * MOST_BYTES_PER_UNIT;
    this.#reserve(mostBytes + LENGTH_BYTES + ALIGNMENT);
    if (text.length <= LOOP_LIMIT) {
      const offset = this.#putAscii(text);
      if (offset >= 0) return offset;
    }
    if (!text.isWellFormed()) return this.#putWide(text);
    const from = this.end + LENGTH_BYTES + ALIGNMENT;
    const { written } = encoder.encodeInto(text, this.bytes.subarray(from, from + mostBytes));
    return this.#moveBehindLength(from, written, written * 2);
  }

  /** Characters below 128 alone; −1, with nothing written, if there are others. */
  #putAscii(text: string): number {
    const { bytes } = this;
    let at = this.end + 1; // the length of so short a text takes one byte
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return -1;
      bytes[at++] = code;
    }
    const offset = this.end;
    bytes[offset] = text.length * 2;
    this.end = at;
    return offset;
  }

  /** UTF-16 for text with lone surrogates, which UTF-8 cannot hold. */
  #putWide(text: string): number {
    const from = this.end + LENGTH_BYTES + ALIGNMENT;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      this.bytes[from + 2 * index] = code & 0xff;
      this.bytes[from + 2 * index + 1] = code >>> 8;
    }
    return this.#moveBehindLength(from, 2 * text.length, 4 * text.length + 1);
  }

  #moveBehindLength(from: number, byteLength: number, length: number): number {
    const offset = this.#offsetFor(byteLength, lengthBytesOf(length));
    const start = this.#putLength(offset, length);
    this.bytes.copyWithin(start, from, from + byteLength);
    this.end = start + byteLength;
    return offset;
  }

  /** Where a length is to stand so that the bytes behind it are aligned, if they are many. */
  #offsetFor(byteLength: number, lengthBytes: number): number {
    if (byteLength < ALIGN_FROM_BYTES) return this.end;
    return Math.ceil((this.end + lengthBytes) / ALIGNMENT) * ALIGNMENT - lengthBytes;
  }

  #putLength(offset: number, length: number): number {
    let at = offset;
    let rest = length;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.bytes[at++] = (rest & 0x7f) | 0x80;
    this.bytes[at++] = rest;
    return at;
  }

  /** Writes bytes and returns their offset. */
  putBytes(data: Uint8Array): number {
    this.#reserve(data.length + ALIGNMENT);
    const offset = Math.ceil(this.end / ALIGNMENT) * ALIGNMENT;
    this.bytes.set(data, offset);
    this.end = offset + data.length;
    return offset;
  }

  #reserve(byteLength: number): void {
    const needed = this.end + byteLength;
    if (needed <= this.bytes.length) return;
    if (this.end > PAYLOAD_LIMIT) throw new RangeError(`a shared value holds at most ${PAYLOAD_LIMIT} bytes of text`);
    const longer = new Uint8Array(Math.max(2 * this.bytes.length, needed));
    longer.set(this.bytes.subarray(0, this.end));
    this.bytes = longer;
  }
}

function lengthBytesOf(length: number): number {
  let count = 1;
  for (let rest = length; rest > 0x7f; rest = Math.floor(rest / 0x80)) count++;
  return count;
}
