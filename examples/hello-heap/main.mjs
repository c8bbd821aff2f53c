/**
 * Hello, heap: the main thread puts a greeting into a block of shared memory, a worker reads it there, answers in a
 * block of its own, and frees the first. Only addresses travel between the threads, never bytes.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';

const heap = new MemoryManager(1024 * 1024);

const greeting = new TextEncoder().encode('Hello from the main thread!');
const address = heap.allocate(greeting.byteLength); // null only if the heap were full
heap.write(address, greeting);

const worker = new Worker(new URL('worker.mjs', import.meta.url), {
  workerData: { handle: heap.handle, address, byteLength: greeting.byteLength },
});
const [answer] = await once(worker, 'message');

console.log('main read:  ', new TextDecoder().decode(heap.read(answer.address, answer.byteLength)));
heap.deallocate(answer.address); // the worker's block: any thread may free any block
console.log('live bytes: ', heap.stats().liveBytes);
heap.detach();
