/** Attaches to a heap with a fit that is not built in. */
import { parentPort, workerData } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';
import { exactElseFirst } from './exact-else-first.mjs';

const handle = workerData;

function codeOfAttachingWithout() {
  try {
    MemoryManager.attach(handle);
    return 'none';
  } catch (error) {
    return error.code;
  }
}

const code = codeOfAttachingWithout();
const heap = MemoryManager.attach(handle, { fits: [exactElseFirst] });
const address = heap.allocate(1000);
parentPort.postMessage(`attached without the fit: ${code}; with it, the worker can allocate: ${address !== null}`);
if (address !== null) heap.deallocate(address);
heap.detach();
