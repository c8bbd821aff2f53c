/**
 * The main thread, which may not block, allocates while a worker is inside the lock: the promise stays open and the
 * event loop goes on turning until the worker is let go.
 */
import { MemoryManager } from '../dist/src/index.js';
import { gatedFit, GO, INSIDE } from './gated-fit.js';

export async function waitForLock() {
  const heap = new MemoryManager(2 ** 16, { fit: gatedFit() });
  const gate = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker('/site/wait-for-lock-worker.js', { type: 'module' });
  const done = new Promise((resolve) => worker.addEventListener('message', ({ data }) => resolve(data)));
  worker.postMessage({ handle: heap.handle, gate });
  await Atomics.waitAsync(gate, INSIDE, 0).value;

  let settled = false;
  const allocation = heap.allocateAsync(64).finally(() => (settled = true));
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve));
  const settledWhileHeld = settled;

  Atomics.store(gate, GO, 1);
  Atomics.notify(gate, GO);
  const [own, other] = await Promise.all([allocation, done]);
  heap.deallocate(own);
  heap.deallocate(other);
  heap.check();
  return { settledWhileHeld, distinct: own !== other, lockWaits: heap.stats().lockWaits };
}
