/** Fills blocks for the others; verifies and frees those that come from the other worker. */
import { MemoryManager } from '../dist/src/index.js';
import { BLOCK_BYTES, isPattern, patternOf } from './pattern.js';

self.addEventListener('message', ({ data: { handle, port, worker, blocks } }) => {
  const heap = MemoryManager.attach(handle);
  let received = 0;
  let verified = 0;
  port.addEventListener('message', ({ data: { address, byteLength, index } }) => {
    if (isPattern(heap.read(address, byteLength), 1 - worker, index)) verified++;
    heap.deallocate(address);
    if (++received < blocks / 2) return;
    heap.detach();
    self.postMessage({ verified });
  });
  port.start();
  for (let index = 0; index < blocks; index++) {
    const address = heap.allocate(BLOCK_BYTES);
    heap.write(address, patternOf(worker, index));
    const target = index % 2 === 0 ? port : self;
    target.postMessage({ address, byteLength: BLOCK_BYTES, index });
  }
});
