/**
 * What users give to be written, as bytes whose number cannot change any more.
 *
 * Lists of numbers run code of the user's when they are read (getters, proxies, `valueOf`), and a view of a growable
 * buffer may become longer at any moment. So a list is copied, as many elements as it said it has, before anything is
 * written; and of views the length that the engine knows is asked for, once, not that which the object tells.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import type { BlockData } from '../memory-manager-interface.ts';
import { bufferOf, lengthOf } from './intrinsics.ts';

/**
 * Bytes that can be written as they are; undefined if `data` is a list of numbers. A length that is undefined would make
 * a view that grows with its buffer: it counts as 0.
 */
export function steadyBytes(data: BlockData): Uint8Array | undefined {
  if (data instanceof Uint8Array && ArrayBuffer.isView(data)) {
    const isShared = bufferOf(data) instanceof SharedArrayBuffer;
    return isShared ? new Uint8Array(data.buffer, data.byteOffset, lengthOf(data)) : data;
  }
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength ?? 0);
  const isBuffer = data instanceof ArrayBuffer || data instanceof SharedArrayBuffer;
  return isBuffer ? new Uint8Array(data, 0, data.byteLength ?? 0) : undefined;
}

export function byteCount(bytes: Uint8Array): number {
  return lengthOf(bytes);
}

/** How many elements a list says that it has. */
export function lengthOfList(list: ArrayLike<number>): number {
  const length = typeof list === 'object' && list !== null ? list.length : undefined;
  if (Number.isInteger(length) && length! >= 0) return length!;
  throw new TypeError(`data must be a typed array, a DataView, a buffer or an array of numbers, got ${shown(list)}`);
}

/** The first `length` elements of a list, each as a byte. */
export function bytesOfList(list: ArrayLike<number>, length: number): Uint8Array {
  const bytes = privateBytes(length);
  for (let index = 0; index < length; index++) bytes[index] = list[index]!;
  return bytes;
}

/** @throws AllocatorError `UNSUPPORTED` */
export function privateBytes(byteLength: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(byteLength);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AllocatorError('UNSUPPORTED', `this engine cannot copy ${byteLength} bytes at once: ${error.message}`);
  }
}
