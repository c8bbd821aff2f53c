import { heapScenario } from './heap-scenario.ts';

/** The owner of a slab leaves while another thread frees its last live slot: the slab is given back all the same. */
export default heapScenario({
  threads: 2,
  blockSize: 1024,
  options: { slabs: true },
  thread({ index, take, freeOf, handOver, awaitHandOver }) {
    if (index === 1) {
      awaitHandOver();
      freeOf(0, 0);
      return;
    }
    take(0, 512);
    handOver();
  },
  untouched(usedUnits, died) {
    if (died.length === 0 && usedUnits > 0) throw new Error('the slab was not given back');
  },
});
