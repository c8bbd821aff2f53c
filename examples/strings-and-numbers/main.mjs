/**
 * A string and a Float64Array in shared memory. Numbers are used where they lie, through a typed array over the block;
 * text has to be encoded into bytes and decoded from a copy of them.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';
import { readString, storeString } from './shared-string.mjs';

const heap = new MemoryManager(1024 * 1024);

const text = storeString(heap, 'Grüße aus dem geteilten Speicher 🧵');

const LENGTH = 5;
const numbers = heap.allocate(LENGTH * Float64Array.BYTES_PER_ELEMENT);
const shared = heap.view(Float64Array, numbers, LENGTH); // no copy: what others write there shows up here
shared.set([1, 4, 9, 16, 25]);

const worker = new Worker(new URL('worker.mjs', import.meta.url), {
  workerData: { handle: heap.handle, text, numbers, length: LENGTH },
});
const [answer] = await once(worker, 'message');

console.log('the worker took the roots in place:', shared.join(' '));
console.log('and answered:', readString(heap, answer));

for (const address of [text, numbers, answer]) heap.deallocate(address);
console.log('live bytes:', heap.stats().liveBytes);
heap.detach();
