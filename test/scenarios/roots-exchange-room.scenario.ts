import { heapScenario } from './heap-scenario.ts';
import { freeRoots } from './free-roots.ts';

const LONG = 'a name that takes more room';
const AS_LONG = 'a name with as much';

/**
 * A name moves into a free entry whose room is too small, and takes that of another; then a name moves into the entry
 * that gave its room away. Wherever the thread dies, no two names share a room.
 */
export default heapScenario({
  threads: 2,
  blockSize: 8192,
  options: { slabs: false },
  setup(heap, hold) {
    for (let slot = 0; slot < 2; slot++) hold(0, slot, heap.allocate(16));
    const [first] = Array.from(heap.blocks(), ({ address }) => address);
    for (let index = 0; index < 12; index++) heap.roots.set(index === 5 ? LONG : `${index}`, first);
    for (const [name] of heap.roots.entries()) heap.roots.delete(name);
  },
  thread({ heap, held, index }) {
    const { roots } = heap;
    const [one, two] = [held(0, 0), held(0, 1)];
    if (index === 0) {
      roots.set(AS_LONG, one);
    } else {
      for (const name of [LONG, AS_LONG, 'x', 'yy']) roots.set(name, two);
      for (const name of [LONG, 'x', 'yy']) {
        if (roots.get(name) !== two) throw new Error(`${name} is not what its only writer set it to`);
      }
    }
  },
  inspect(heap) {
    const entries = heap.roots.entries();
    const names = entries.map(([name]) => name);
    const known = new Set([LONG, AS_LONG, 'x', 'yy']);
    if (new Set(names).size !== names.length || !names.every((name) => known.has(name))) {
      throw new Error(`the names are ${names.join(', ')}`);
    }
    freeRoots(heap);
  },
});
