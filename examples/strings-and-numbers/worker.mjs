/** Works on the numbers in place, and answers with a string in a block of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';
import { readString, storeString } from './shared-string.mjs';

const { handle, text, numbers, length } = workerData;
const heap = MemoryManager.attach(handle);

const shared = heap.view(Float64Array, numbers, length);
for (let index = 0; index < length; index++) shared[index] = Math.sqrt(shared[index]);

parentPort.postMessage(storeString(heap, `“${readString(heap, text)}” was read`));
heap.detach();
