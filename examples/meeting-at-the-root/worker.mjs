/** Finds the shared counter, or makes it, and counts to a thousand. */
import { parentPort, workerData } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';

const heap = MemoryManager.attach(workerData);

/** Offers a counter of our own; if another thread was faster, its counter is the one, and ours is freed. */
function publishCounter() {
  const candidate = heap.allocate(Int32Array.BYTES_PER_ELEMENT, { zeroed: true });
  const wasFirst = heap.compareExchangeRoot(0, candidate);
  if (!wasFirst) heap.deallocate(candidate);
  return wasFirst;
}

const wasFirst = publishCounter();
const counter = heap.view(Int32Array, heap.root, 1);
for (let i = 0; i < 1000; i++) Atomics.add(counter, 0, 1);

heap.detach();
parentPort.postMessage({ wasFirst });
