import { heapScenario } from './heap-scenario.ts';
import { freeRoots } from './free-roots.ts';

const LONG = 'a name that takes more room';

/**
 * Names are set, deleted and set anew, in entries and rooms that the other thread has just let go. Each name leads to
 * an address that it was set to, and no name but those that were set is there.
 */
export default heapScenario({
  threads: 2,
  blockSize: 8192,
  options: { slabs: false },
  setup(heap, hold) {
    for (let slot = 0; slot < 2; slot++) hold(0, slot, heap.allocate(16));
    const [first] = Array.from(heap.blocks(), ({ address }) => address);
    heap.roots.set(LONG, first);
    heap.roots.set('b', first);
    heap.roots.delete('b');
  },
  thread({ heap, held, index, note }) {
    const { roots } = heap;
    const [one, two] = [held(0, 0), held(0, 1)];
    if (index === 0) {
      roots.delete(LONG);
      roots.set('a', one);
      if (roots.entries().find(([name]) => name === 'a')?.[1] !== one)
        throw new Error('a is not what its only writer set it to');
      note(roots.compareExchange('shared', 0, one) ? 1 : 2);
    } else {
      roots.set('another name of that length', two);
      note(roots.compareExchange('shared', 0, two) ? 1 : 2);
    }
  },
  inspect(heap) {
    const entries = heap.roots.entries();
    const [one, two] = Array.from(heap.blocks(), ({ address }) => address);
    const possible: Record<string, readonly (number | undefined)[]> = {
      [LONG]: [one],
      a: [one],
      'another name of that length': [two],
      shared: [one, two],
    };
    for (const [name, address] of entries) {
      if (!possible[name]?.includes(address)) throw new Error(`${name} leads to ${address}`);
    }
    if (new Set(entries.map(([name]) => name)).size !== entries.length) throw new Error('a name is there twice');
    freeRoots(heap);
  },
  check(_heap, died, notes) {
    if (died.length > 0) return;
    if (notes[0] === notes[1]) throw new Error('of two that set the same name if it is not there, one does');
  },
});
