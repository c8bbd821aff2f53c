/**
 * Validates the whole table against its invariants, written as they stand in table/block-table. The caller holds the
 * lock. Linear in units under management, and ends whatever stands in the words: no step is taken that does not lead on.
 */
import { Guarded } from '../layout/regions.ts';
import { NO_UNIT, type Unit } from '../layout/units.ts';
import type { BlockTable } from '../table/block-table.ts';
import { headAfter, managedUnits } from '../table/block-walk.ts';
import type { SlabTable } from '../slab/slab-table.ts';
import { checkSlabs } from './check-slabs.ts';
import { require } from './require.ts';

/** @throws AllocatorError `CORRUPTED`, naming the first invariant that does not hold */
export function checkLocked(table: BlockTable, slabs?: SlabTable): void {
  const unitCount = managedUnits(table);
  const { usedUnits, freeRuns } = checkTiling(table, unitCount);
  checkHeads(table, unitCount);
  checkFreeList(table, freeRuns);
  require(table.free.tree.isConsistent(), 'a node of the longest-run tree is not the maximum of what lies below it');
  const words = table.layout.words;
  requireEqual(words[Guarded.USED_UNITS], usedUnits, 'used units');
  requireEqual(words[Guarded.FREE_RUNS], freeRuns, 'free runs');
  require(words[Guarded.PEAK_USED_UNITS] >= usedUnits, 'the peak of used units lies below the used units');
  require(words[Guarded.PEAK_USED_UNITS] <= unitCount, 'the peak of used units lies beyond the units there are');
  if (slabs !== undefined) checkSlabs(table, unitCount, slabs);
}

/** Blocks and free runs tile the units, and no two free runs touch. */
function checkTiling(table: BlockTable, unitCount: number): { usedUnits: number; freeRuns: number } {
  let usedUnits = 0;
  let freeRuns = 0;
  let previousIsFree = false;
  for (let head = 0; head < unitCount;) {
    const next = headAfter(table, head, unitCount);
    const isFree = table.map.at(head) < 0;
    require(!(previousIsFree && isFree), `two free runs touch at unit ${head}`);
    if (isFree) freeRuns++;
    else usedUnits += next - head;
    previousIsFree = isFree;
    head = next;
  }
  return { usedUnits, freeRuns };
}

/** The head bitmap marks exactly the heads of the block map, and its summaries agree. */
function checkHeads(table: BlockTable, unitCount: number): void {
  const { heads, layout } = table;
  for (let head = 0; head < unitCount;) {
    const marked = heads.firstAtOrAfter(head);
    require(marked === head, `the head bitmap has its next bit at unit ${marked} instead of ${head}`);
    const next = headAfter(table, head, unitCount);
    const last = heads.lastAtOrBefore(next - 1);
    require(last === head, `the head bitmap marks unit ${last} inside the run that starts at ${head}`);
    head = next;
  }
  const goesBeyond = unitCount < layout.unitLimit && heads.firstAtOrAfter(unitCount) !== -1;
  require(!goesBeyond, 'the head bitmap goes beyond the end');
  require(heads.isConsistent(), 'a summary of the head bitmap contradicts the words below it');
}

/**
 * Every free run is on the list of its length, once, and nothing else is. A list that runs in a circle comes to a tuple
 * whose link back is not the way by which it came.
 */
function checkFreeList({ map, free }: BlockTable, freeRuns: number): void {
  let listed = 0;
  const linked = free.list.walk((start, length) => {
    listed++;
    requireEqual(-map.at(start), length, `length of the free run listed at unit ${start}`);
    require(free.lengthAt(start) === length, `the free list names unit ${start}, which is no head`);
  });
  require(linked, 'links, bins and their bitmap contradict each other in the free list');
  requireEqual(listed, freeRuns, 'runs on the free list');
  for (let run = free.nextFrom(0 as Unit); run !== NO_UNIT; run = free.nextFrom(run, true)) {
    const [start, length] = free.list.tupleAt(run);
    require(start === run &&
      length === -map.at(run), `the tuple of the free run at unit ${run} says (${start}, ${length})`);
  }
}

function requireEqual(actual: number, expected: number, what: string): void {
  require(actual === expected, `${what}: ${actual} instead of ${expected}`);
}
