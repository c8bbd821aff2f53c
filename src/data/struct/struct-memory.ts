/**
 * The memory of one heap as the structs of this thread see it: one typed array of each kind over all of it. They have a
 * fixed length, since those that follow a growing buffer are ten times slower; they are made anew when an address lies
 * beyond them.
 *
 * Engines fold the arrays into the code of a field's getter as long as they are assigned once, which is so in a heap that
 * does not grow.
 */
import { AllocatorError } from '../../allocator-error.ts';
import type { DataHeap } from '../format/data-heap.ts';

export const BYTES_PER_WORD = 4;
/** References in blocks count steps of so many bytes. */
export const STEP_BYTES = 16;
export const WORDS_PER_STEP: number = STEP_BYTES / BYTES_PER_WORD;
const STEP_LIMIT = 2 ** 32;
/** Elements of the longest typed array of Node 20. */
const ENGINE_LIMIT = 2 ** 32 - 2;

/** Errors of `deallocate` that say nothing of the block, which was not freed. */
const PASSING_CODES: ReadonlySet<string> = new Set(['DETACHED', 'LOCK_TIMEOUT', 'WRITE_AFTER_FREE']);

type Shared = SharedArrayBuffer;

/** Views of all of a heap's memory. Elements of 8 and 16 bits beyond the end of their arrays are in `far`. */
export class StructMemory {
  /** Where blocks come from: the manager that was used last. */
  heap: DataHeap;
  readonly buffer: SharedArrayBuffer;
  i8!: Int8Array<Shared>;
  u8!: Uint8Array<Shared>;
  i16!: Int16Array<Shared>;
  u16!: Uint16Array<Shared>;
  i32!: Int32Array<Shared>;
  u32!: Uint32Array<Shared>;
  f32!: Float32Array<Shared>;
  f64!: Float64Array<Shared>;
  i64!: BigInt64Array<Shared>;
  far!: DataView<Shared>;
  /** Bytes that this thread sees. */
  byteLength!: number;
  /** What this thread knows of each struct in this heap, by the struct's number. */
  readonly bindings: unknown[] = [];
  /** Blocks that the heap did not take back when it should have. */
  readonly #owed: number[] = [];

  constructor(heap: DataHeap) {
    this.heap = heap;
    this.buffer = heap.buffer;
    this.#look();
  }

  #look(): void {
    const { buffer } = this;
    const { byteLength } = buffer;
    this.byteLength = byteLength;
    const lengthOf = (step: number) => Math.min(Math.floor(byteLength / step), ENGINE_LIMIT);
    this.i8 = new Int8Array(buffer, 0, lengthOf(1));
    this.u8 = new Uint8Array(buffer, 0, lengthOf(1));
    this.i16 = new Int16Array(buffer, 0, lengthOf(2));
    this.u16 = new Uint16Array(buffer, 0, lengthOf(2));
    this.i32 = new Int32Array(buffer, 0, lengthOf(4));
    this.u32 = new Uint32Array(buffer, 0, lengthOf(4));
    this.f32 = new Float32Array(buffer, 0, lengthOf(4));
    this.f64 = new Float64Array(buffer, 0, lengthOf(8));
    this.i64 = new BigInt64Array(buffer, 0, lengthOf(8));
    this.far = new DataView(buffer, 0, byteLength);
  }

  /** Looks again if the memory has grown, and tells whether it has. */
  renew(): boolean {
    if (this.buffer.byteLength === this.byteLength) return false;
    this.#look();
    return true;
  }

  /** Whether a word, and those after it if there are to be `count` of them, is in the memory; looks again if it has grown. */
  hasWord(word: number, count = 1): boolean {
    if (!Number.isInteger(word) || word < 0) return false;
    const last = word + count - 1;
    return last < this.u32.length || (this.renew() && last < this.u32.length);
  }

  /** A block of `byteLength` bytes, whose contents are whatever was there. */
  take(byteLength: number): number {
    const address = this.heap.allocate(byteLength);
    if (address === null) throw new AllocatorError('OUT_OF_MEMORY', `the heap has no block of ${byteLength} bytes`);
    if (address / STEP_BYTES >= STEP_LIMIT) {
      this.heap.deallocate(address);
      throw new AllocatorError(
        'UNSUPPORTED',
        'structs refer to the first 64 GiB of a heap, and there is no room in them',
      );
    }
    this.hasWord(address / BYTES_PER_WORD, Math.ceil(byteLength / BYTES_PER_WORD));
    return address;
  }

  /**
   * Gives a block back. What the heap throws for other reasons than this block goes on to the caller, and the block goes
   * with the next one that is given back.
   */
  giveBack(address: number): void {
    if (this.#owed.length > 0) {
      this.giveBackAll([address]);
      return;
    }
    try {
      this.heap.deallocate(address);
    } catch (error) {
      this.#keepOwed(address, error);
      throw error;
    }
  }

  /** Gives all of these blocks back, and those that are owed; then throws what the heap threw first. */
  giveBackAll(addresses: readonly number[]): void {
    let complaint: unknown;
    for (const address of [...this.#owed.splice(0), ...addresses]) {
      try {
        this.heap.deallocate(address);
      } catch (error) {
        this.#keepOwed(address, error);
        complaint ??= error;
      }
    }
    if (complaint !== undefined) throw complaint;
  }

  #keepOwed(address: number, error: unknown): void {
    if (error instanceof AllocatorError && PASSING_CODES.has(error.code)) this.#owed.push(address);
  }

  /** The bytes from an address on, as far as they go. */
  bytesAt(address: number, byteLength: number): Uint8Array<Shared> {
    return new Uint8Array(this.buffer, address, byteLength);
  }
}

/** What is known of a heap goes with its buffer, so that a thread that attaches again finds it. */
const memories = new WeakMap<SharedArrayBuffer, StructMemory>();

/** The memory of a heap. */
export function memoryOf(heap: DataHeap): StructMemory {
  const { buffer } = heap;
  const known = memories.get(buffer);
  if (known === undefined) {
    const memory = new StructMemory(heap);
    memories.set(buffer, memory);
    return memory;
  }
  if (known.heap !== heap) known.heap = heap;
  return known;
}
