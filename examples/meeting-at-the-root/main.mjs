/**
 * Meeting at the root: threads that know nothing but the heap agree on one block, without a message. Each heap has one
 * shared word, `root`, 0 at first. Whoever comes first publishes the address of a block there; all others find it.
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
const answers = await Promise.all(workers.map((worker) => once(worker, 'message')));

const [counter] = heap.view(Int32Array, heap.root, 1);
console.log(`threads that published the counter: ${answers.filter(([{ wasFirst }]) => wasFirst).length} of ${THREADS}`);
console.log(`counter: ${counter}`);

heap.deallocate(heap.root);
heap.root = 0; // an address must not outlive its block
console.log(`live bytes: ${heap.stats().liveBytes}`); // the counters of the others are gone too
heap.detach();
