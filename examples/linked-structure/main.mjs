/** Structs that refer to each other: two threads walk the same graph in place, change it, and see each other's changes. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';
import { Person } from './person.mjs';

const heap = new MemoryManager(1024 * 1024);

Person.free(Person.allocate(heap)); // the first use leaves a description of the struct in the heap
const before = heap.stats().liveBytes;

const ada = Person.allocate(heap, { name: 'Ada', born: 1815 });
const grace = Person.allocate(heap, { name: 'Grace', born: 1906, friends: [ada, null, null] });
ada.friends.set(0, grace);

const worker = new Worker(new URL('worker.mjs', import.meta.url), {
  workerData: { handle: heap.handle, start: ada.address },
});
ada.visits.wait(0); // sleeps until the worker has been there
console.log(`visits of Ada: ${ada.visits.load()}`);
await once(worker, 'exit');

console.log(`Grace is now ${grace.name}`);
const barbara = grace.friends.at(1);
console.log(`and has a friend: ${barbara?.name}, born ${barbara?.born}`);

for (const person of [ada, grace, barbara]) Person.free(person);
console.log(`bytes of structs that are left: ${heap.stats().liveBytes - before}`);
