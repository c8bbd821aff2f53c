/**
 * `threadheap/data`: JavaScript values in a shared heap, and structs that threads change in place.
 */
export { clone, entries, keys } from './view/clone.ts';
export type { DataHeap } from './format/data-heap.ts';
export { ImmutableError } from './view/immutable.ts';
export type { Ref } from './format/ref.ts';
export { UnshareableError } from './encode/unshareable.ts';
export { free, open, share, type DeepReadonly, type OpenOptions, type Shareable } from './values.ts';
export { array, type NumberArray, type StructArray } from './struct/arrays.ts';
export { atomic, type AtomicNumber } from './struct/atomic-numbers.ts';
export type { Field } from './struct/field.ts';
export { bool, f32, f64, i16, i32, i64, i8, u16, u32, u8, type NumberField } from './struct/numbers.ts';
export { bytes, string } from './struct/owned.ts';
export { nested, ref } from './struct/references.ts';
export { struct, structNameAt } from './struct/struct.ts';
export type { Init, StructType, View, ViewMembers } from './struct/struct-types.ts';
