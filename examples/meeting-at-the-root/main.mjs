/**
 * Meeting at a root: threads that know nothing but the heap agree on one block, without a message. Roots are addresses
 * with names. Whoever asks first for a name makes its block; all others find it.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';

const THREADS = 4;
const heap = new MemoryManager(64 * 1024);

const workers = Array.from(
  { length: THREADS },
  () => new Worker(new URL('worker.mjs', import.meta.url), { workerData: heap.handle }),
);
await Promise.all(workers.map((worker) => once(worker, 'exit')));

const address = heap.roots.get('counter');
const [counter] = heap.view(Int32Array, address, 1);
console.log(
  `roots: ${heap.roots
    .entries()
    .map(([name]) => name)
    .join(', ')}`,
);
console.log(`counter: ${counter}`);

heap.roots.delete('counter'); // before the block is freed: an address must not outlive it
heap.deallocate(address);
heap.detach();
