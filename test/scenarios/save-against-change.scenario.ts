import { recordStructure } from '../../src/image/recorder.ts';
import { requireSound } from '../../src/image/soundness.ts';
import { visitLive } from '../../src/image/structure.ts';
import { heapScenario } from './heap-scenario.ts';

/**
 * A thread writes the structure of the heap down, one block in each slice, while another frees two of the blocks, takes
 * one that spans both, and lets a third grow. What is written down tiles the memory and has every block that stays.
 *
 *   [ stays ][ freed ][ freed ][ stays ][ grows ][ free ]
 */
export default heapScenario({
  threads: 2,
  blockSize: 96,
  options: { slabs: false },
  setup(heap, hold) {
    for (const slot of [0, 1, 2, 3, 4]) hold(slot === 0 || slot === 3 ? 0 : 1, slot, heap.allocate(16));
  },
  thread({ index, member, heap, take, free, held, moved }) {
    if (index === 1) {
      free(1);
      free(2);
      take(1, 32);
      moved(4, heap.reallocate(held(1, 4), 32));
      return;
    }
    const structure = recordStructure(member, 1);
    requireSound(structure);
    const live = new Set<number>();
    visitLive(structure, (address) => live.add(address));
    for (const [owner, slot] of [
      [0, 0],
      [0, 3],
      [1, 4],
    ]) {
      if (!live.has(held(owner, slot))) throw new Error(`the block of thread ${owner} at ${slot} is missing`);
    }
  },
});
