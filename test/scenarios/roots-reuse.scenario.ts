import { checkedName } from '../../src/roots/root-name.ts';
import { heapScenario } from './heap-scenario.ts';
import { freeRoots } from './free-roots.ts';

/** Entries of a chunk of 1,024 bytes for short names. */
const ENTRIES = 20;
/** Names whose search begins in the same entry, so that those set last are found behind those set first. */
const NAMES = Array.from({ length: 2000 }, (_, index) => `name ${index}`).filter(
  (name) => (checkedName('root', name).hash >>> 0) % ENTRIES === 7,
);
const GO = NAMES.slice(0, 4);
const STAY = NAMES.slice(4, 9);
const KNOWN = new Set([...STAY, ...GO, 'comes']);

/**
 * Names are deleted from among others and set anew, while another thread does the same. Wherever a thread dies, those
 * that stay are found.
 */
export default heapScenario({
  threads: 2,
  blockSize: 8192,
  options: { slabs: false },
  setup(heap, hold) {
    for (let slot = 0; slot < 2; slot++) hold(0, slot, heap.allocate(16));
    const [first] = Array.from(heap.blocks(), ({ address }) => address);
    for (const name of [...GO, ...STAY]) heap.roots.set(name, first);
  },
  thread({ heap, held, index }) {
    const { roots } = heap;
    if (index === 0) {
      for (const name of GO.slice(0, 2)) roots.delete(name);
      roots.set('comes', held(0, 1));
      if (roots.get('comes') !== held(0, 1)) throw new Error('a name is lost that was set just now');
    } else {
      for (const name of GO.slice(2)) roots.delete(name);
    }
  },
  inspect(heap) {
    const names = heap.roots.entries().map(([name]) => name);
    if (new Set(names).size !== names.length || !names.every((name) => KNOWN.has(name))) {
      throw new Error(`the names are ${names.join(', ')}`);
    }
    const lost = STAY.filter((name) => heap.roots.get(name) === 0);
    if (lost.length > 0) throw new Error(`${lost.join(', ')} cannot be found`);
    freeRoots(heap);
  },
});
