/**
 * Bytes of blocks: views of any part of the buffer, whatever its size, and copies in and out.
 *
 * A view has a fixed length (one that tracks a growing buffer is ten times slower), so it is made anew when an
 * address lies beyond it. One typed array may not span all of a large buffer: beyond 4 GiB each access gets a view of
 * its own.
 */
import { copyBytes, LONG_BYTES } from './aligned-copy.ts';
import { privateBytes } from './block-data.ts';

/** Most bytes that the standing view covers; Node 20 has no Uint8Array longer than 2³². */
const WINDOW_LIMIT = 2 ** 32 - 2 ** 16;
/** Up to here a loop copies faster than a view can be made. */
const LOOP_LIMIT = 32;

/** Access to the bytes of one buffer. The ranges that it is given have been checked. */
export class BlockBytes {
  readonly #buffer: SharedArrayBuffer;
  readonly #windowLimit: number;
  #window: Uint8Array<SharedArrayBuffer>;

  /** @param windowLimit - another one is for tests */
  constructor(buffer: SharedArrayBuffer, windowLimit: number = WINDOW_LIMIT) {
    this.#buffer = buffer;
    this.#windowLimit = windowLimit;
    this.#window = this.#newWindow();
  }

  #newWindow(): Uint8Array<SharedArrayBuffer> {
    return new Uint8Array(this.#buffer, 0, Math.min(this.#buffer.byteLength, this.#windowLimit));
  }

  /** Whether the standing view covers everything up to `end`, renewing it after growth. */
  #covers(end: number): boolean {
    if (end > this.#window.length && end <= this.#windowLimit) this.#window = this.#newWindow();
    return end <= this.#window.length;
  }

  view(address: number, byteLength: number): Uint8Array<SharedArrayBuffer> {
    return this.#covers(address + byteLength)
      ? this.#window.subarray(address, address + byteLength)
      : new Uint8Array(this.#buffer, address, byteLength);
  }

  read(address: number, byteLength: number): Uint8Array<ArrayBuffer> {
    const copy = privateBytes(byteLength);
    if (byteLength <= LOOP_LIMIT && this.#covers(address + byteLength)) {
      for (let index = 0; index < byteLength; index++) copy[index] = this.#window[address + index]!;
    } else {
      copyBytes(copy, this.view(address, byteLength));
    }
    return copy;
  }

  /** Writes `byteLength` bytes, which is how many there are. */
  write(address: number, bytes: Uint8Array, byteLength: number): void {
    if (byteLength < LONG_BYTES && this.#covers(address + byteLength)) this.#window.set(bytes, address);
    else copyBytes(this.view(address, byteLength), bytes);
  }

  /** Fills with zeros; in pieces, since one view may not hold all. */
  clear(address: number, byteLength: number): void {
    const end = address + byteLength;
    for (let start = address; start < end; start += this.#windowLimit) {
      this.view(start, Math.min(this.#windowLimit, end - start)).fill(0);
    }
  }

  /** Copies between two ranges that do not overlap. */
  copy(from: number, to: number, byteLength: number): void {
    for (let done = 0; done < byteLength; done += this.#windowLimit) {
      const part = Math.min(this.#windowLimit, byteLength - done);
      this.view(to + done, part).set(this.view(from + done, part));
    }
  }
}
