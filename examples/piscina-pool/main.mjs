/**
 * A pool whose tasks share a heap: piscina's workers sum the parts of one large array where it lies, and return their
 * results in blocks of their own. What is posted to and from a task is a handle and numbers, however large the array.
 */
import { Piscina } from 'piscina';
import { MemoryManager } from 'threadheap';

const LENGTH = 1_000_000;
const TASKS = 8;

const heap = new MemoryManager(16 * 1024 * 1024);
const array = heap.allocate(LENGTH * Float64Array.BYTES_PER_ELEMENT);
heap.view(Float64Array, array, LENGTH).forEach((_, index, numbers) => (numbers[index] = index + 1));

const pool = new Piscina({ filename: new URL('task.mjs', import.meta.url).href, maxThreads: 4 });
const partLength = LENGTH / TASKS;
const results = await Promise.all(
  Array.from({ length: TASKS }, (_, part) => {
    const address = array + part * partLength * Float64Array.BYTES_PER_ELEMENT;
    return pool.run({ handle: heap.handle, address, length: partLength });
  }),
);
await pool.close();

let total = 0;
for (const result of results) {
  total += heap.view(Float64Array, result, 1)[0];
  heap.deallocate(result);
}
heap.deallocate(array);

console.log(`sum of 1 to ${LENGTH}: ${total}`);
console.log(`live bytes: ${heap.stats().liveBytes}, threads attached: ${heap.stats().threads}`);
heap.detach();
