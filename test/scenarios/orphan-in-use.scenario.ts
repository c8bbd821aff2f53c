import { heapScenario } from './heap-scenario.ts';

/** Two threads free one slot each of a slab whose owner has left. It is given back after the second, not before. */
export default heapScenario({
  threads: 2,
  blockSize: 2048,
  options: { slabs: true },
  thread({ index, take, freeOf, handOver, awaitHandOver }) {
    if (index === 1) {
      awaitHandOver();
      freeOf(0, 0);
      return;
    }
    take(0, 256);
    take(1, 256);
    handOver();
  },
});
