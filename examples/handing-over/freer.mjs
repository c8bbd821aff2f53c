/** Receives blocks, reads them where they are, and frees them. */
import { parentPort, workerData } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';
import { sum } from './sum.mjs';

const { handle, port, blockBytes } = workerData;
const heap = MemoryManager.attach(handle);
let checksum = 0;

port.on('message', (address) => {
  checksum += sum(heap.view(Uint8Array, address, blockBytes));
  heap.deallocate(address);
});

port.on('close', () => {
  heap.detach();
  parentPort.postMessage(checksum);
});
