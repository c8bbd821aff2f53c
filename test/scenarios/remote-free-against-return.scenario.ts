import { heapScenario } from './heap-scenario.ts';

/**
 * A slab's last live slot is freed by another thread while its owner collects, gives the slab back, and takes its memory
 * for blocks of another kind: the freer must not touch the slab's next life.
 */
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
    take(0, 1024);
    handOver();
    take(1, 2048);
    take(2, 512);
    take(3, 512);
  },
});
