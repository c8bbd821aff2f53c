/** One task of the pool: sums a part of an array in shared memory. */
import { MemoryManager, type HeapHandle } from 'threadheap';

export interface Part {
  readonly handle: HeapHandle;
  readonly address: number;
  readonly length: number;
}

/** Returns the address of a block that holds the sum; whoever receives it frees it. */
export default function sumPart({ handle, address, length }: Part): number {
  // `using` detaches at the end of the task. Tasks of one thread that overlap share one attachment, and count it.
  using heap = MemoryManager.attach(handle);
  const numbers = heap.view(Float64Array, address, length);
  const result = heap.allocate(Float64Array.BYTES_PER_ELEMENT)!;
  heap.view(Float64Array, result, 1)[0] = numbers.reduce((total, number) => total + number, 0);
  return result;
}
