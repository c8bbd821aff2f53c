import { heapScenario } from './heap-scenario.ts';

/**
 * The owner of a slab leaves, one thread frees the last live slot there, and another takes the memory for a slab of its
 * own: whoever gives an orphan back must not take that one for it.
 */
export default heapScenario({
  threads: 3,
  blockSize: 1024,
  options: { slabs: true },
  thread({ index, take, free, freeOf, handOver, awaitHandOver }) {
    if (index === 0) {
      take(0, 512);
      handOver();
      return;
    }
    awaitHandOver();
    if (index === 1) {
      freeOf(0, 0);
      return;
    }
    take(0, 512);
    free(0);
    take(1, 512);
  },
});
