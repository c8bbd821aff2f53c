import { heapScenario } from './heap-scenario.ts';

/**
 * A thread leaves without the lock, as one does whose manager was collected, while another looks for slabs that nobody
 * owns. If this look overlooks the slab, the next one does not.
 */
export default heapScenario({
  threads: 2,
  blockSize: 1024,
  options: { slabs: true },
  thread({ index, heap, member, take, free, goAway, handOver, awaitHandOver }) {
    if (index === 1) {
      awaitHandOver();
      heap.recover();
      goAway(); // leaving would tell of orphans
      return;
    }
    take(0, 512);
    free(0);
    handOver();
    member.leaveWithoutLock();
  },
  inspect(heap, died) {
    const { usedBytes } = heap.stats();
    if (died.length === 0 && usedBytes > 0) throw new Error('the slab was forgotten');
  },
});
