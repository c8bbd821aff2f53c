import { AllocatorError } from '../../src/index.ts';
import { heapScenario } from './heap-scenario.ts';

function fail(): never {
  throw new Error('there is memory for the larger block');
}

/**
 * A thread frees a slot while another makes the same block larger, by mistake. Either the block is moved, and the free
 * comes too late; or it is freed, and nothing is left of the attempt to move it.
 */
export default heapScenario({
  threads: 2,
  blockSize: 3072,
  options: { slabs: true },
  makerStays: true,
  setup(heap, hold) {
    hold(0, 0, -heap.allocate(256)!);
  },
  thread({ index, heap, held, moved, note }) {
    const address = -held(0, 0);
    try {
      if (index === 0) heap.deallocate(address);
      else moved(0, heap.reallocate(address, 512) ?? fail());
      note(1);
    } catch (error) {
      const expected = index === 0 ? 'DOUBLE_FREE' : 'INVALID_ADDRESS';
      if (!(error instanceof AllocatorError) || error.code !== expected) throw error;
      note(2);
    }
  },
  check(_heap, died, [freed = 0, moved = 0]) {
    if (died.length === 0 && freed + moved !== 3)
      throw new Error(`the free ended with ${freed}, the move with ${moved}`);
  },
});
