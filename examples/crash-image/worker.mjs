/** Works through orders, and dies at one of them. */
import { workerData } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';
import { note } from './journal.mjs';

const heap = MemoryManager.attach(workerData);
for (const order of ['tea', 'coffee', 'cake']) {
  const address = heap.allocate(300);
  note(heap, `working on ${order} in the block at ${address}`);
  heap.write(address, new TextEncoder().encode(`order: ${order}; sugar: ${order === 'coffee' ? 'NaN' : 1}`));
  if (order === 'coffee') process.exit(1); // what takes it down in your program comes by itself
  heap.deallocate(address);
}
