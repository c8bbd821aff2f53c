import { walkInSlices, type Visitor } from '../../src/inspect/sliced-walk.ts';
import { blocksOf } from '../../src/inspect/walk.ts';
import type { Unit } from '../../src/layout/units.ts';
import type { BlockTable } from '../../src/table/block-table.ts';
import { heapScenario, requireOrder } from './heap-scenario.ts';

const UNIT = 16;
/** Blocks side by side; the first and the last live as long as the walks last, one of two lengths. */
const LENGTHS = [1, 1, 2, 1, 1] as const;
const LAST = LENGTHS.length - 1;

/**
 * A thread walks over the memory, one head at a time, while another merges free runs, takes what they have become, and
 * lets a block grow over the place that the walk has reached: what lives all the time is seen once, nothing is seen
 * twice, what is seen lived at some time, and every run is there when it is looked at.
 */
export default heapScenario({
  threads: 2,
  blockSize: 8 * UNIT,
  options: { slabs: false },
  setup(heap, hold) {
    LENGTHS.forEach((length, index) => hold(0, index, heap.allocate(length * UNIT)));
  },
  thread({ index, heap, member, held, take, freeOf }) {
    const base = heap.stats({ quick: true }).metadataBytes;
    if (index === 1) {
      freeOf(0, 1);
      freeOf(0, 2);
      heap.reallocate(base, 2 * UNIT);
      take(1, 2 * UNIT);
      return;
    }
    const last = held(0, LAST);
    const blocks = [...blocksOf(member.locked, undefined, 1)];
    requireOrder(blocks);
    for (const address of [base, last]) {
      const seen = blocks.filter((block) => block.address === address).length;
      if (seen !== 1) throw new Error(`block ${address}, which lives all the time, is seen ${seen} times`);
    }
    const possible = new Set([`${base} 16`, `${base} 32`, `${base + 16} 16`, `${base + 32} 32`, `${base + 64} 16`]);
    for (const { address, size } of blocks) {
      if (address === last || possible.has(`${address} ${size}`)) continue;
      throw new Error(`a block of ${size} bytes is seen at ${address}, where none ever was`);
    }
    walkInSlices(member.locked, new HeadWatch(member.table), 1);
  },
});

/** Verifies that runs are shown as they are at the instant. */
class HeadWatch implements Visitor {
  readonly #table: BlockTable;

  constructor(table: BlockTable) {
    this.#table = table;
  }

  visit(head: Unit, _from: Unit, _end: Unit, word: number): number {
    const { heads, map } = this.#table;
    if (heads.has(head) && map.at(head) === word) return 1;
    throw new Error(`a run is shown at unit ${head}, where none starts`);
  }
}
