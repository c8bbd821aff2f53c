/**
 * Choosing a fit: which free run serves a request. The same requests run under the four built-in fits and under one of
 * our own; what differs is how much of the free memory remains in one piece (fragmentation: the share that does not).
 *
 *   first-fit   lowest address: a good default, live blocks stay together
 *   best-fit    shortest run that suffices: least waste per request
 *   next-fit    where the last search ended: spreads blocks, wears memory evenly
 *   worst-fit   longest run: what remains of it is as usable as can be
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';
import { exactElseFirst } from './exact-else-first.mjs';

const HEAP_BYTES = 1024 * 1024;
const fits = ['first-fit', 'best-fit', 'next-fit', 'worst-fit', exactElseFirst];

/** Many small blocks and some large ones; as soon as there are 400, a random one is freed for each new one. */
function churn(heap) {
  let seed = 1;
  const random = (limit) => (seed = (seed * 48_271) % 2_147_483_647) % limit; // Lehmer's generator
  const live = [];
  for (let step = 0; step < 20_000; step++) {
    live.push(heap.allocate(random(10) === 0 ? 4096 + random(4096) : 16 + random(112)));
    if (live.length === 400) heap.deallocate(live.splice(random(400), 1)[0]);
  }
}

for (const fit of fits) {
  const heap = new MemoryManager(HEAP_BYTES, { fit, slabs: false }); // else the fit only places whole slabs
  churn(heap);
  const { freeRuns, largestFreeRun, externalFragmentation } = heap.stats();
  const name = typeof fit === 'string' ? fit : fit.name;
  const share = Math.round(externalFragmentation * 100);
  console.log(`${name}: ${freeRuns} free runs, the largest of ${largestFreeRun} bytes, fragmentation ${share} %`);
  heap.detach();
}

// A heap remembers the name of its fit. Code cannot be shared, so each thread brings a fit of its own along.
const shared = new MemoryManager(HEAP_BYTES, { fit: exactElseFirst });
const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: shared.handle });
console.log(...(await once(worker, 'message')));
shared.detach();
