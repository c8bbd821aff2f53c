import { heapScenario } from './heap-scenario.ts';

/**
 * A thread goes away while one of its slabs has a free slot, and comes back while another thread, for whom no memory is
 * left, expels it to have the slot. One of the two gets it.
 */
export default heapScenario({
  threads: 2,
  blockSize: 2048,
  options: { slabs: true },
  thread({ index, take, goAway, comeBack, handOver, awaitHandOver, note }) {
    if (index === 1) {
      for (const slot of [0, 1]) take(slot, 512);
      awaitHandOver();
      note(take(2, 512) === null ? 1 : 2);
      return;
    }
    take(0, 512);
    goAway();
    handOver();
    comeBack();
    take(1, 512);
  },
  check(heap, died, [, other]) {
    if (died.length > 0) return;
    const live = [...heap.blocks()].length;
    if (live !== 4) throw new Error(`${live} blocks are live in place of 4; the second thread ended with ${other}`);
  },
});
