/**
 * `threadheap/data`: JavaScript values in a shared heap.
 */
export { clone, entries, keys } from './view/clone.ts';
export type { DataHeap } from './format/data-heap.ts';
export { ImmutableError } from './view/immutable.ts';
export type { Ref } from './format/ref.ts';
export { UnshareableError } from './encode/unshareable.ts';
export { free, open, share, type DeepReadonly, type OpenOptions, type Shareable } from './values.ts';
