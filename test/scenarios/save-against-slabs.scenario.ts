import { recordStructure } from '../../src/image/recorder.ts';
import { requireSound } from '../../src/image/soundness.ts';
import { liveIn } from '../../src/image/structure.ts';
import { heapScenario } from './heap-scenario.ts';

/**
 * A thread writes the structure of the heap down, one slab or block in each slice, while another gives its slab back and
 * takes a block and a slab of another class where it was. A slot that is in use all the time is written down.
 */
export default heapScenario({
  threads: 2,
  blockSize: 4096,
  options: { slabs: true },
  makerStays: true,
  setup(heap, hold) {
    hold(0, 0, heap.allocate(64));
  },
  thread({ index, member, take, free, heap }) {
    if (index === 1) {
      take(0, 512);
      free(0);
      heap.recover();
      take(1, 16);
      return;
    }
    const structure = recordStructure(member, 1);
    requireSound(structure);
    if (liveIn(structure).blocks === 0) throw new Error('the slot that is in use all the time is missing');
  },
});
