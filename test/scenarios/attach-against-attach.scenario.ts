import { heapScenario } from './heap-scenario.ts';

/** Three threads attach and leave: each has a thread slot of its own meanwhile. */
export default heapScenario({
  threads: 3,
  blockSize: 16,
  options: { slabs: false },
  thread() {},
  check(heap) {
    const { threads } = heap.stats();
    if (threads !== 1) throw new Error(`${threads} threads are attached where only one is`);
  },
});
