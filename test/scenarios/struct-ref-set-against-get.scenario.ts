import { heapScenario } from './heap-scenario.ts';
import { blocksBehindPairs, definePair, pairsIn } from './struct-blocks.ts';

/** A thread makes a struct and refers to it; who follows the reference finds nothing there, or all of it. */
export default heapScenario({
  threads: 2,
  blockSize: 8192,
  options: { slabs: true },
  makerStays: true,
  lostPerDeath: 2,
  setup(heap, hold) {
    hold(0, 0, definePair().allocate(heap).address);
  },
  thread({ index, heap, held }) {
    const Pair = definePair();
    const first = Pair.at(heap, held(0, 0));
    if (index === 0) {
      first.next = Pair.allocate(heap, { id: 7, name: 'seven' });
      return;
    }
    const { next } = first;
    if (next !== null && (next.id !== 7 || next.name !== 'seven')) throw new Error('half a struct was found');
    const cursor = Pair.at(heap, first.address);
    if (cursor.follow('next') && cursor.id !== 7) throw new Error('a cursor found half a struct');
  },
  reached: (heap) => [...pairsIn(heap), ...blocksBehindPairs(heap)],
});
