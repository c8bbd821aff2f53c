/** What shared data needs of a heap, so that it works on whatever offers it. */

/** A heap as `MemoryManager` is one. */
export interface DataHeap {
  readonly buffer: SharedArrayBuffer;
  allocate(size: number): number | null;
  deallocate(address: number): void;
  sizeOf(address: number): number;
}
