/** Finds the shared counter, or makes it, and counts to a thousand. */
import { workerData } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';

const heap = MemoryManager.attach(workerData);

// If several threads make it at once, all get the block of one, and those of the others are freed.
const address = heap.roots.getOrInsertComputed('counter', () =>
  heap.allocate(Int32Array.BYTES_PER_ELEMENT, { zeroed: true }),
);
const counter = heap.view(Int32Array, address, 1);
for (let i = 0; i < 1000; i++) Atomics.add(counter, 0, 1);

heap.detach();
