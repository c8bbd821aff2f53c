/**
 * What the engine knows of a typed array, whatever the object itself says: its properties may be getters of the user's,
 * which lie, or do something else with the heap at a bad moment.
 */
const typedArray = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array);
const getBuffer = typedArray.buffer.get as (this: ArrayBufferView) => ArrayBufferLike;
const getByteOffset = typedArray.byteOffset.get as (this: ArrayBufferView) => number;
const getLength = typedArray.length.get as (this: ArrayBufferView) => number;

export function bufferOf(array: ArrayBufferView): ArrayBufferLike {
  return getBuffer.call(array);
}

export function byteOffsetOf(array: ArrayBufferView): number {
  return getByteOffset.call(array);
}

/** Elements. */
export function lengthOf(array: ArrayBufferView): number {
  return getLength.call(array);
}
