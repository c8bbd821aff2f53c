import { heapScenario } from './heap-scenario.ts';

/** Each thread frees one of two neighbours, which merge with each other and with what lies around them. */
export default heapScenario({
  threads: 2,
  blockSize: 64,
  options: { slabs: false },
  setup(heap, hold) {
    const first = heap.allocate(16)!;
    hold(0, 0, heap.allocate(16));
    hold(1, 0, heap.allocate(16));
    heap.deallocate(first);
  },
  thread({ free }) {
    free(0);
  },
  check(heap, died) {
    const runs = Array.from(heap.freeRuns());
    if (died.length === 0 && runs.length !== 1) throw new Error(`${runs.length} free runs in an empty heap`);
  },
});
