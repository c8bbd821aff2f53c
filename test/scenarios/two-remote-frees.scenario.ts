import { AllocatorError } from '../../src/index.ts';
import { heapScenario } from './heap-scenario.ts';

/** Two threads free the same slot of a third, which does nothing meanwhile: one succeeds, the other is told. */
export default heapScenario({
  threads: 2,
  blockSize: 2048,
  options: { slabs: true },
  makerStays: true,
  setup(heap, hold) {
    hold(0, 0, -heap.allocate(512)!);
  },
  thread({ heap, held, note }) {
    try {
      heap.deallocate(-held(0, 0));
      note(1);
    } catch (error) {
      if (!(error instanceof AllocatorError) || error.code !== 'DOUBLE_FREE') throw error;
      note(2);
    }
  },
  check(_heap, died, [first = 0, second = 0]) {
    if (died.length === 0 && first + second !== 3) throw new Error(`the frees ended with ${first} and ${second}`);
  },
});
