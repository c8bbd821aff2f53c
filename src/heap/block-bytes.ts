/**
 * Bytes of blocks: views of any part of the buffer, whatever its size, and copies in and out.
 *
 * A view has a fixed length (one that tracks a growing buffer is ten times slower), so it is made anew when an
 * address lies beyond it. One typed array may not span all of a large buffer: beyond 4 GiB each access gets a view of
 * its own.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import type { BlockData } from '../memory-manager-interface.ts';
import { copyBytes, LONG_BYTES } from './aligned-copy.ts';

/** Most bytes that the standing view covers; Node 20 has no Uint8Array longer than 2³². */
const WINDOW_LIMIT = 2 ** 32 - 2 ** 16;
/** Up to here a loop copies faster than a view can be made. */
const LOOP_LIMIT = 32;

/** Access to the bytes of one buffer. The ranges that it is given have been checked. */
export class BlockBytes {
  readonly #buffer: SharedArrayBuffer;
  #window: Uint8Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    this.#buffer = buffer;
    this.#window = this.#newWindow();
  }

  #newWindow(): Uint8Array<SharedArrayBuffer> {
    return new Uint8Array(this.#buffer, 0, Math.min(this.#buffer.byteLength, WINDOW_LIMIT));
  }

  /** Whether the standing view covers everything up to `end`, renewing it after growth. */
  #covers(end: number): boolean {
    if (end > this.#window.length && end <= WINDOW_LIMIT) this.#window = this.#newWindow();
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

  /** Numbers become bytes before the first one is written, since that may throw. */
  write(address: number, data: ArrayLike<number>): void {
    const source = data instanceof Uint8Array ? data : Uint8Array.from(data);
    const { length } = source;
    if (length < LONG_BYTES && this.#covers(address + length)) this.#window.set(source, address);
    else copyBytes(this.view(address, length), source);
  }

  /** Fills with zeros; in pieces, since one view may not hold all. */
  clear(address: number, byteLength: number): void {
    const end = address + byteLength;
    for (let start = address; start < end; start += WINDOW_LIMIT) {
      this.view(start, Math.min(WINDOW_LIMIT, end - start)).fill(0);
    }
  }

  /** Copies between two ranges that do not overlap. */
  copy(from: number, to: number, byteLength: number): void {
    for (let done = 0; done < byteLength; done += WINDOW_LIMIT) {
      const part = Math.min(WINDOW_LIMIT, byteLength - done);
      this.view(to + done, part).set(this.view(from + done, part));
    }
  }
}

function privateBytes(byteLength: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(byteLength);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AllocatorError('UNSUPPORTED', `this engine cannot copy ${byteLength} bytes at once: ${error.message}`);
  }
}

/** `data` as something that gives one byte per element. */
export function bytesOf(data: BlockData): ArrayLike<number> {
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return new Uint8Array(data);
  const length = typeof data === 'object' && data !== null ? data.length : undefined;
  if (Number.isInteger(length) && length! >= 0) return data;
  throw new TypeError(`data must be a typed array, a DataView, a buffer or an array of numbers, got ${shown(data)}`);
}
