/** Asks for a block that the heap has to grow for. */
import { parentPort, workerData } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';

const heap = MemoryManager.attach(workerData);
const address = heap.allocate(100 * 1024);
heap.write(address, [7, 8, 9]);
heap.detach();
parentPort.postMessage(address);
