import { AllocatorError } from '../../src/index.ts';
import { heapScenario } from './heap-scenario.ts';

/** A slab is created where another thread looks for a block that is long gone: it finds none, and harms none. */
export default heapScenario({
  threads: 2,
  blockSize: 2048,
  options: { slabs: true },
  setup(heap, hold) {
    const gone = heap.allocate(512)!;
    heap.deallocate(gone);
    hold(1, 0, -gone - 512);
  },
  thread({ index, heap, take, held }) {
    if (index === 0) {
      take(0, 512);
      return;
    }
    try {
      heap.deallocate(-held(1, 0));
      throw new Error('a block was freed that nobody had');
    } catch (error) {
      if (!(error instanceof AllocatorError) || error.code !== 'DOUBLE_FREE') throw error;
    }
  },
});
