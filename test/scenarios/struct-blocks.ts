/** The struct of the scenarios for structs, and the blocks that belong to one. */
import { i32, ref, string, struct, structNameAt } from '../../src/data/index.ts';
import { descriptionsIn } from '../../src/data/struct/registry.ts';
import { memoryOf } from '../../src/data/struct/struct-memory.ts';
import type { MemoryManager } from '../../src/index.ts';

/** Gives the type of the ones that threads define. */
const Pair = struct('Pair', {
  id: i32,
  name: string,
  get next() {
    return ref(Pair);
  },
});

/** Where the reference to `name` lies: behind the type and `id`. */
const NAME_WORD = 2;

/** Defines the struct as a thread does that has just started: the heap of a scenario is a new one in each schedule. */
export function definePair(): typeof Pair {
  const Own: typeof Pair = struct('Pair', {
    id: i32,
    name: string,
    get next() {
      return ref(Own);
    },
  });
  return Own;
}

/** The addresses of all such structs in a heap. */
export function pairsIn(heap: MemoryManager): number[] {
  return Array.from(heap.blocks(), ({ address }) => address).filter(
    (address) => structNameAt(heap, address) === 'Pair',
  );
}

/** The blocks of all descriptions in a heap, and those of the texts of all such structs. */
export function blocksBehindPairs(heap: MemoryManager): number[] {
  const words = new Uint32Array(heap.buffer);
  const names = pairsIn(heap).map((address) => words[address / 4 + NAME_WORD] * 16);
  return [...descriptionsIn(memoryOf(heap)), ...names.filter((address) => address !== 0)];
}
