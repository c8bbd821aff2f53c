/**
 * The main thread and two module workers on one heap: each worker fills blocks and hands every second one to the other
 * worker and every second one to the main thread; whoever gets a block verifies and frees it.
 */
import { MemoryManager } from '../dist/src/index.js';
import { isPattern } from './pattern.js';

const BLOCKS = 200;

export async function handOver() {
  const heap = new MemoryManager(2 ** 20);
  const { port1, port2 } = new MessageChannel();
  const workers = [port1, port2].map((port, worker) => start(heap, { port, worker, blocks: BLOCKS }));
  const reports = await Promise.all(workers);
  heap.check();
  const { liveBytes, threads } = heap.stats();
  return { reports, liveBytes, threads };
}

/** Resolves when the worker is done, with how many blocks were verified, here and there. */
function start(heap, { port, worker, blocks }) {
  const thread = new Worker('/site/hand-over-worker.js', { type: 'module' });
  let verifiedByMain = 0;
  return new Promise((resolve, reject) => {
    thread.addEventListener('error', (event) => reject(new Error(event.message)));
    thread.addEventListener('message', ({ data }) => {
      if ('verified' in data) {
        resolve({ verifiedByMain, verifiedByWorker: data.verified });
        return;
      }
      if (isPattern(heap.read(data.address, data.byteLength), worker, data.index)) verifiedByMain++;
      heap.deallocate(data.address);
    });
    thread.postMessage({ handle: heap.handle, port, worker, blocks }, [port]);
  });
}
