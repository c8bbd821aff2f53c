import { heapScenario } from './heap-scenario.ts';

/** Two threads race for the last free run: one gets it, the other gets null. */
export default heapScenario({
  threads: 2,
  blockSize: 48,
  options: { slabs: false },
  setup(heap, hold) {
    hold(0, 0, heap.allocate(32));
  },
  thread({ take }) {
    take(1, 16);
  },
  check(heap) {
    if (Array.from(heap.freeRuns()).length > 0) throw new Error('nobody got the last run');
  },
});
