/**
 * Where the shared buffers under control lie in the one space of addresses that the scheduler knows.
 *
 *     0 ─ the scenario's buffer ─│─ buffers of setup ─│─ buffers of thread a ─│─ of thread b ─│ …
 *
 * An address names the same byte in every worker, although each has objects of its own for a buffer. What a thread makes
 * itself lies in that thread's part, in the order in which the thread makes it, so that its addresses do not depend on
 * what other threads do. Buffers that a module makes while it is imported are made by no schedule: they keep their
 * place, and their bytes are laid out anew like those of setup.
 */
import { MAX_BYTES } from '../engine/operation.ts';

/** The constructor from before it is replaced. */
const Bytes = Uint8Array;

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

/** Ids of one thread's buffers begin at a multiple of this. */
const IDS_PER_THREAD = 1 << 16;
/** No two buffers share a cache line's worth of addresses. */
const ALIGNMENT = 64;

/** Addresses that a buffer takes: as many as it can ever have bytes. */
export const extentOf = (buffer: SharedArrayBuffer): number =>
  Math.ceil((buffer.growable ? buffer.maxByteLength : buffer.byteLength) / ALIGNMENT) * ALIGNMENT;

/** The thread that made the buffer of that id, −1 for setup and the scenario's own. */
export const makerOf = (id: number): number => Math.floor(id / IDS_PER_THREAD) - 1;

/** One worker's knowledge of the buffers. */
export class BufferRegistry {
  readonly #bases = new WeakMap<ArrayBufferLike, number>();
  readonly #ids = new WeakMap<ArrayBufferLike, number>();
  readonly #imported: SharedArrayBuffer[] = [];
  readonly #images: Uint8Array[] = [];
  #me = 0;
  #threadBase = 0;
  #threadBytes = 0;
  #made = 0;
  #used = 0;
  #last: ArrayBufferLike | undefined;
  #lastBase = -1;
  /** Buffers that this thread made in this schedule. */
  readonly made: SharedArrayBuffer[] = [];

  /** The address of a buffer's first byte, −1 where it is not under control. */
  baseOf(buffer: ArrayBufferLike): number {
    if (buffer === this.#last) return this.#lastBase;
    this.#lastBase = this.#bases.get(buffer) ?? -1;
    this.#last = buffer;
    return this.#lastBase;
  }

  /** The id of a buffer under control. */
  idOf(buffer: ArrayBufferLike): number | undefined {
    return this.#ids.get(buffer);
  }

  /** Takes a buffer under control. */
  place(buffer: SharedArrayBuffer, id: number, base: number): void {
    this.#bases.set(buffer, base);
    this.#ids.set(buffer, id);
    this.#last = undefined;
  }

  /** A module made a buffer while it was imported. */
  noteImported(buffer: SharedArrayBuffer): void {
    this.#imported.push(buffer);
  }

  /** The room of this thread is known: what its modules made comes first in it, unless `setup` shares it. */
  settle(me: number, threadBase: number, threadBytes: number): void {
    [this.#me, this.#threadBase, this.#threadBytes] = [me, threadBase + me * threadBytes, threadBytes];
    const own = this.#imported.filter((buffer) => !this.#ids.has(buffer));
    this.#imported.splice(0, Infinity, ...own);
    for (const buffer of own) {
      this.#place(buffer);
      this.#images.push(new Bytes(buffer).slice());
    }
  }

  /** The thread begins: it has made no buffer yet. */
  restart(): void {
    this.made.length = 0;
    this.#made = this.#imported.length;
    this.#used = this.#imported.reduce((sum, buffer) => sum + extentOf(buffer), 0);
    this.#imported.forEach((buffer, at) => new Bytes(buffer).set(this.#images[at] ?? []));
  }

  /** The thread made a buffer. @throws RangeError where the space of addresses is used up */
  noteMade(buffer: SharedArrayBuffer): void {
    this.#place(buffer);
    this.made.push(buffer);
  }

  /** Buffers that belong to this worker alone, so far as it knows. */
  own(): SharedArrayBuffer[] {
    return [...this.#imported, ...this.made];
  }

  #place(buffer: SharedArrayBuffer): void {
    const extent = extentOf(buffer);
    if (this.#used + extent > this.#threadBytes) {
      throw new RangeError(
        `the shared buffers under control have ${MAX_BYTES / 2 ** 20} MiB of addresses, of which each thread may use ` +
          `${this.#threadBytes} bytes for buffers of its own; a buffer of ${buffer.byteLength} bytes is too many`,
      );
    }
    this.place(buffer, (this.#me + 1) * IDS_PER_THREAD + this.#made, this.#threadBase + this.#used);
    this.#made++;
    this.#used += extent;
  }
}
