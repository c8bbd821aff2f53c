import { heapScenario } from './heap-scenario.ts';
import { freeRoots } from './free-roots.ts';

/** Two threads want the block of one name, each would make it: both get the same, and that of the loser is freed. */
export default heapScenario({
  threads: 2,
  blockSize: 4096,
  options: { slabs: false },
  thread({ heap, take, free, held, index, note }) {
    const make = () => take(0, 64)!;
    const address = heap.roots.getOrInsertComputed('shared', make, () => free(0));
    if (held(index, 0) !== 0 && held(index, 0) !== address) throw new Error('the block that came too late was kept');
    note(address);
  },
  inspect(heap) {
    const addresses = heap.roots.entries().map(([, address]) => address);
    const live = new Set(Array.from(heap.blocks(), ({ address }) => address));
    if (addresses.length > 1 || !addresses.every((address) => live.has(address))) {
      throw new Error(`the name leads to ${addresses.join(', ')}`);
    }
    freeRoots(heap);
  },
  check(_heap, died, notes) {
    if (died.length === 0 && (notes[0] === 0 || notes[0] !== notes[1])) throw new Error('the threads have two blocks');
  },
});
