import { heapScenario } from './heap-scenario.ts';

/** All memory is in the slab of a thread that leaves or dies: whoever comes then gets what is free there. */
export default heapScenario({
  threads: 2,
  blockSize: 1024,
  options: { slabs: true },
  thread({ index, take, free, handOver, awaitHandOver }) {
    if (index === 1) {
      awaitHandOver();
      take(0, 256);
      return;
    }
    take(0, 256);
    take(1, 256);
    free(0);
    handOver();
  },
  inspect(heap) {
    const address = heap.allocate(256);
    if (address === null) throw new Error('the memory of those who left or died was not found');
    heap.deallocate(address);
  },
});
