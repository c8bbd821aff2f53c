/**
 * Where the shared buffers under control lie in the one space of addresses that the scheduler knows.
 *
 *     0 ─ the scenario's buffer ─│─ buffers of setup ─│─ buffers of thread a ─│─ of thread b ─│ …
 *
 * An address names the same byte in every worker, although each has objects of its own for a buffer. What a thread or
 * one of its modules makes is private until it is passed on: nobody else can see it, so its operations are no steps,
 * except that the thread may sleep on it. It lies in the thread's part of the space, in the order in which the thread
 * makes it, so that its addresses do not depend on what other threads do.
 */
import { MAX_BYTES } from '../engine/operation.ts';

/** A buffer under control, as workers tell each other of it. */
export interface Part {
  readonly id: number;
  readonly base: number;
  readonly buffer: SharedArrayBuffer;
  /** What its bytes are when a schedule begins. */
  readonly image: SharedArrayBuffer;
  /** Where it is found in what `setup` returned, or how else reports name it. */
  readonly label: string;
}

/** No two buffers share a cache line's worth of addresses. */
const ALIGNMENT = 64;

/** Addresses that a buffer takes: as many as it can ever have bytes. */
export const extentOf = (buffer: SharedArrayBuffer): number =>
  Math.ceil((buffer.growable ? buffer.maxByteLength : buffer.byteLength) / ALIGNMENT) * ALIGNMENT;

/** One worker's knowledge of the buffers. */
export class BufferRegistry {
  readonly #bases = new WeakMap<ArrayBufferLike, number>();
  readonly #ids = new WeakMap<ArrayBufferLike, number>();
  readonly #private = new WeakMap<ArrayBufferLike, number>();
  #begin = 0;
  #end = 0;
  #next = 0;
  #last: ArrayBufferLike | undefined;
  #lastBase = -1;

  /** The address of a buffer's first byte, −1 where it is private or not under control. */
  baseOf(buffer: ArrayBufferLike): number {
    if (buffer === this.#last) return this.#lastBase;
    this.#lastBase = this.#bases.get(buffer) ?? -1;
    this.#last = buffer;
    return this.#lastBase;
  }

  /** The same for a buffer that may be private to this worker. */
  anyBaseOf(buffer: ArrayBufferLike): number {
    const base = this.baseOf(buffer);
    return base >= 0 ? base : (this.#private.get(buffer) ?? -1);
  }

  /** The id of a buffer that others can see. */
  idOf(buffer: ArrayBufferLike): number | undefined {
    return this.#ids.get(buffer);
  }

  /** Others can see the buffer. */
  place(buffer: SharedArrayBuffer, id: number, base: number): void {
    this.#bases.set(buffer, base);
    this.#ids.set(buffer, id);
    this.#last = undefined;
  }

  /** The part of the space that this worker has for itself is known. */
  settle(begin: number, byteLength: number): void {
    this.#begin = begin;
    this.#end = begin + byteLength;
  }

  /** The thread begins: it has made no buffer yet. */
  restart(): void {
    this.#next = this.#begin;
  }

  /** A module or the thread made a buffer. @throws RangeError where the space of addresses is used up */
  noteMade(buffer: SharedArrayBuffer): void {
    const extent = extentOf(buffer);
    if (this.#end > 0 && this.#next + extent > this.#end) {
      throw new RangeError(
        `all shared buffers together may have ${MAX_BYTES / 2 ** 20} MiB, of which ${this.#end - this.#begin} bytes are ` +
          `left for those that this thread makes: no room for ${buffer.byteLength} more`,
      );
    }
    this.#private.set(buffer, this.#next);
    this.#next += extent;
  }
}
