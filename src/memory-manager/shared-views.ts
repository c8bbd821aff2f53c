/**
 * The typed arrays that a block can be seen through, for the type checker: which class gives which array.
 */

/** The typed arrays that `view` makes, by the names of their classes. */
export interface SharedViews {
  Int8Array: Int8Array<SharedArrayBuffer>;
  Uint8Array: Uint8Array<SharedArrayBuffer>;
  Uint8ClampedArray: Uint8ClampedArray<SharedArrayBuffer>;
  Int16Array: Int16Array<SharedArrayBuffer>;
  Uint16Array: Uint16Array<SharedArrayBuffer>;
  Int32Array: Int32Array<SharedArrayBuffer>;
  Uint32Array: Uint32Array<SharedArrayBuffer>;
  Float32Array: Float32Array<SharedArrayBuffer>;
  Float64Array: Float64Array<SharedArrayBuffer>;
  BigInt64Array: BigInt64Array<SharedArrayBuffer>;
  BigUint64Array: BigUint64Array<SharedArrayBuffer>;
}

/** The class of a typed array, as `view` takes it; its prototype tells the type checker which. */
export interface ViewConstructor<Name extends keyof SharedViews> {
  readonly BYTES_PER_ELEMENT: number;
  readonly prototype: { readonly [Symbol.toStringTag]: Name };
  new (buffer: SharedArrayBuffer, byteOffset: number, length: number): ArrayBufferView;
}
