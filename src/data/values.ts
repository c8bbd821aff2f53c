/**
 * Values that all threads read in place: `share` writes one into a block, `open` shows it as an object whose properties
 * read that block. Nothing is decoded but what is looked at.
 */
import { AllocatorError } from '../allocator-error.ts';
import { clone } from './view/clone.ts';
import type { DataHeap } from './format/data-heap.ts';
import { CLASSES, PROXIES } from './view/presentations.ts';
import type { Ref } from './format/ref.ts';
import { SharedArray } from './view/shared-array.ts';
import { SharedBlock } from './view/shared-block.ts';
import { SharedObject } from './view/shared-object.ts';
import { HeaderWord, MAGIC } from './format/value-format.ts';
import { encode } from './encode/value-writer.ts';

/** Values that can be shared. */
export type Shareable =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | readonly Shareable[]
  | { readonly [key: string]: Shareable };

/** A value as it is seen when it is opened: the same, but for assignments. */
export type DeepReadonly<T> = T extends Uint8Array | Date
  ? T
  : T extends readonly (infer E)[]
    ? readonly DeepReadonly<E>[]
    : T extends object
      ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
      : T;

/** How a value is opened. */
export interface OpenOptions {
  /** Shows objects and arrays as Proxies, on which spread, `Object.keys` and `Array.isArray` work; slower. */
  proxy?: boolean;
}

for (const { prototype } of [SharedObject, SharedArray]) {
  Object.defineProperty(prototype, 'toJSON', {
    value(this: object): unknown {
      return clone(this);
    },
  });
}

/**
 * Writes a value into one block. It is immutable from then on; whoever is done with it last frees it with `free`.
 *
 * @returns the address of the block
 * @throws UnshareableError (a TypeError) for functions, symbols, cycles and instances of classes, with the path to them;
 *   AllocatorError `OUT_OF_MEMORY` if the heap has no room
 */
export function share<T>(heap: DataHeap, value: T): Ref<T> {
  const encoded = encode(value);
  const address = heap.allocate(encoded.byteLength);
  if (address === null) {
    throw new AllocatorError('OUT_OF_MEMORY', `the heap has no block of ${encoded.byteLength} bytes for the value`);
  }
  encoded.copyTo(new Uint8Array(heap.buffer, address, encoded.byteLength));
  return address;
}

/**
 * Shows a shared value. Primitive values come as they are, bytes and dates as private copies, objects and arrays as views
 * of the block, which must not be freed while they are in use.
 *
 * @throws AllocatorError `TYPE_MISMATCH` if the block holds no value, `INVALID_ADDRESS` if no block starts there
 */
export function open<T>(heap: DataHeap, ref: Ref<T>, { proxy = false }: OpenOptions = {}): DeepReadonly<T> {
  return new SharedBlock(heap, ref, proxy ? PROXIES : CLASSES).root as DeepReadonly<T>;
}

/**
 * Gives the block of a shared value back. What was opened of it says TYPE_MISMATCH from then on, as long as that can be
 * seen.
 *
 * @throws AllocatorError `TYPE_MISMATCH` if the block holds no value, `INVALID_ADDRESS` if no block starts there
 */
export function free(heap: DataHeap, ref: Ref<unknown>): void {
  const { words } = new SharedBlock(heap, ref, CLASSES);
  if (Atomics.compareExchange(words, HeaderWord.MAGIC, MAGIC, 0) === MAGIC) return heap.deallocate(ref);
  throw new AllocatorError('TYPE_MISMATCH', `the value at ${ref} was freed at the same time by another thread`);
}
