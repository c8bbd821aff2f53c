/** One task of the pool: sums a part of an array in shared memory. */
import { MemoryManager } from 'threadheap';

/** Returns the address of a block that holds the sum; whoever receives it frees it. */
export default function sumPart({ handle, address, length }) {
  // Attaching again in a thread that was attached before is cheap. Tasks of one thread that overlap share one attachment.
  const heap = MemoryManager.attach(handle);
  try {
    const numbers = heap.view(Float64Array, address, length);
    const result = heap.allocate(Float64Array.BYTES_PER_ELEMENT);
    heap.view(Float64Array, result, 1)[0] = numbers.reduce((total, number) => total + number, 0);
    return result;
  } finally {
    heap.detach(); // on Node 24 and later, `using heap = MemoryManager.attach(handle)` does it
  }
}
