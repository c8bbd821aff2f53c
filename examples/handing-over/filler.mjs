/** Fills blocks and hands them over. */
import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';
import { sum } from './sum.mjs';

const { handle, port, blocks, blockBytes } = workerData;
const heap = MemoryManager.attach(handle);
let checksum = 0;

for (let index = 0; index < blocks; index++) {
  let address = heap.allocate(blockBytes);
  while (address === null) {
    await setTimeout(1); // the heap is full until the other worker has freed a block
    address = heap.allocate(blockBytes);
  }
  const bytes = heap.view(Uint8Array, address, blockBytes); // the shared memory itself, no copy
  bytes.fill(index + 1);
  checksum += sum(bytes);
  port.postMessage(address); // from here on the block is not ours any more
}

heap.detach();
port.close();
parentPort.postMessage(checksum);
