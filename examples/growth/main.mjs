/**
 * Growth: a heap starts small and grows up to a limit, in place. Every thread sees the new memory at once, without a
 * message; addresses stay what they were. What the limit reserves costs nothing until it is used.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';

const KIB = 1024;
const heap = new MemoryManager(64 * KIB, { maxByteLength: 1024 * KIB });
console.log(`at first: ${heap.byteLength / KIB} KiB of at most ${heap.maxByteLength / KIB} KiB`);

const early = heap.allocate(16);
heap.write(early, [1, 2, 3]);

// The worker asks for more than there is, so the heap grows there.
const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: heap.handle });
const [late] = await once(worker, 'message');
console.log(`after the worker's request of 100 KiB: ${heap.byteLength / KIB} KiB`);
console.log(
  `the worker's block starts with ${heap.read(late, 3).join(' ')}, ours still with ${heap.read(early, 3).join(' ')}`,
);

console.log(`more than the limit: ${heap.allocate(2048 * KIB)}`);

heap.deallocate(early);
heap.deallocate(late);
console.log(`live bytes: ${heap.stats().liveBytes}`);
heap.detach();
