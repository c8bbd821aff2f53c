import { AllocatorError } from '../../src/index.ts';
import { heapScenario } from './heap-scenario.ts';

/** Two threads free the same slot of a third: one succeeds, the other is told. */
export default heapScenario({
  threads: 3,
  blockSize: 2048,
  options: { slabs: true },
  thread({ index, heap, held, moved, handOver, awaitHandOver, note }) {
    if (index === 0) {
      moved(0, -heap.allocate(512)!);
      handOver();
      return;
    }
    awaitHandOver();
    const address = -held(0, 0);
    if (address <= 0) return;
    try {
      heap.deallocate(address);
      note(1);
    } catch (error) {
      if (!(error instanceof AllocatorError) || error.code !== 'DOUBLE_FREE') throw error;
      note(2);
    }
  },
  check(_heap, died, [, first = 0, second = 0]) {
    if (died.length === 0 && first + second !== 3) throw new Error(`the frees ended with ${first} and ${second}`);
  },
});
