/** Allocates blocks under a tag, frees none, and waits to be terminated. */
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { MemoryManager } = await import('../../src/index.ts');
const heap = MemoryManager.attach(workerData);
heap.tagged('job', () => {
  for (let index = 0; index < 30; index++) heap.allocate(48);
});
parentPort.postMessage('done');
setInterval(() => undefined, 1000);
