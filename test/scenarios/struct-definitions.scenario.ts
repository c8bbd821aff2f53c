import { structNameAt, struct, i32 } from '../../src/data/index.ts';
import { descriptionsIn } from '../../src/data/struct/registry.ts';
import { memoryOf } from '../../src/data/struct/struct-memory.ts';
import { heapScenario } from './heap-scenario.ts';

/** Two threads use the same struct for the first time, each after another of its own: the heap has one description of each. */
export default heapScenario({
  threads: 2,
  blockSize: 4096,
  options: { slabs: true },
  lostPerDeath: 2,
  thread({ index, heap, moved }) {
    const Own = struct(`Own${index}`, { a: i32 });
    Own.free(Own.allocate(heap));
    moved(0, struct('Common', { a: i32 }).allocate(heap, { a: index }).address);
  },
  reached: (heap) => descriptionsIn(memoryOf(heap)),
  check(heap, died) {
    const descriptions = descriptionsIn(memoryOf(heap));
    if (descriptions.length > 3) throw new Error(`there are ${descriptions.length} descriptions of three structs`);
    if (died.length > 0) return;
    const blocks = Array.from(heap.blocks(), ({ address }) => structNameAt(heap, address));
    if (blocks.some((name) => name !== undefined && name !== 'Common')) throw new Error(`there is a ${blocks.join()}`);
  },
});
