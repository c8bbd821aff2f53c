import { heapScenario } from './heap-scenario.ts';

/** Two threads allocate and free in turn: the lock is handed over, waited for, and slept on. */
export default heapScenario({
  threads: 2,
  blockSize: 64,
  options: { slabs: false },
  thread({ take, free }) {
    take(0, 16);
    free(0);
  },
  check(heap, died) {
    const { usedBytes, lockSeizures } = heap.stats();
    if (died.length === 0 && usedBytes > 0) throw new Error('something is left');
    if (died.length === 0 && lockSeizures > 0) throw new Error('the lock of a living thread was seized');
  },
});
