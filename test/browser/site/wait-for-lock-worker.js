/** Allocates one block, stopping inside the lock. */
import { MemoryManager } from '../dist/src/index.js';
import { gatedFit } from './gated-fit.js';

self.addEventListener('message', ({ data: { handle, gate } }) => {
  const heap = MemoryManager.attach(handle, { fits: [gatedFit(gate)] });
  const address = heap.allocate(64);
  heap.detach();
  self.postMessage(address);
});
