/**
 * `threadheap/data`: JavaScript values in a shared heap.
 */
export { clone, entries, keys } from './clone.ts';
export type { DataHeap } from './data-heap.ts';
export { ImmutableError } from './immutable.ts';
export type { Ref } from './ref.ts';
export { UnshareableError } from './unshareable.ts';
export { free, open, share, type DeepReadonly, type OpenOptions, type Shareable } from './values.ts';
