/** Receives blocks, reads them where they are, and frees them. */
import { parentPort, workerData } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';
import { sum, type Task } from './task.ts';

const { handle, port, blockBytes } = workerData as Task;
const heap = MemoryManager.attach(handle);
let checksum = 0;

port.on('message', (address: number) => {
  checksum += sum(heap.view(Uint8Array, address, blockBytes));
  heap.deallocate(address);
});

port.on('close', () => {
  heap.detach();
  parentPort!.postMessage(checksum);
});
