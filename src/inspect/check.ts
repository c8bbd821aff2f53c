/**
 * Validates the whole table against its invariants, written as they stand in table/block-table. The caller holds the
 * lock. Linear in units under management.
 */
import { AllocatorError } from '../allocator-error.ts';
import { Guarded } from '../layout/regions.ts';
import { NO_UNIT, type Unit } from '../layout/units.ts';
import { isSlab } from '../table/block-map.ts';
import type { BlockTable } from '../table/block-table.ts';
import { CLASS_COUNT, SLOT_LIMIT } from '../slab/size-class.ts';
import { NO_SLOT, REMOTE, USED, type SlabTable } from '../slab/slab-table.ts';

/** @throws AllocatorError `CORRUPTED`, naming the first invariant that does not hold */
export function checkLocked(table: BlockTable, slabs?: SlabTable): void {
  const { usedUnits, freeRuns } = checkTiling(table);
  checkHeads(table);
  checkFreeList(table, freeRuns);
  require(table.free.tree.isConsistent(), 'a node of the longest-run tree is not the maximum of what lies below it');
  const words = table.layout.words;
  requireEqual(words[Guarded.USED_UNITS], usedUnits, 'used units');
  requireEqual(words[Guarded.FREE_RUNS], freeRuns, 'free runs');
  require(words[Guarded.PEAK_USED_UNITS] >= usedUnits, 'the peak of used units lies below the used units');
  if (slabs !== undefined) checkSlabs(table, slabs);
}

/** Every slab is described as the map has it, its slots have legal states, and no other unit claims to be in a slab. */
function checkSlabs(table: BlockTable, slabs: SlabTable): void {
  for (let head = 0; head < table.unitCount; head += table.map.unitsAt(head)) {
    const holdsSlots = isSlab(table.map.at(head));
    const unitCount = table.map.unitsAt(head);
    for (let unit = head; unit < head + unitCount; unit++) {
      const start = slabs.startOf(unit);
      require(start === (holdsSlots ? head : NO_UNIT), `unit ${unit} claims to lie in a slab that starts at ${start}`);
    }
    if (holdsSlots) checkSlab(slabs, head as Unit, unitCount);
  }
}

/** The states of a slab that was born a moment ago may be those of its memory's former life, all of them free. */
function checkSlab(slabs: SlabTable, start: Unit, unitCount: number): void {
  const sizeClass = slabs.classAt(start);
  require(sizeClass >= 0 && sizeClass < CLASS_COUNT, `the slab at unit ${start} has class ${sizeClass}`);
  const slots = slabs.slotCount(start, unitCount);
  for (let slot = 0; slot < slots; slot++) {
    const state = slabs.states[slabs.firstState(start) + slot];
    const legal = state === USED || state === REMOTE || state === NO_SLOT || state < SLOT_LIMIT;
    require(legal, `slot ${slot} of the slab at unit ${start} has state ${state}`);
  }
}

/** Blocks and free runs tile the units, and no two free runs touch. */
function checkTiling({ map, unitCount }: BlockTable): { usedUnits: number; freeRuns: number } {
  let usedUnits = 0;
  let freeRuns = 0;
  let previousIsFree = false;
  let head = 0;
  while (head < unitCount) {
    const word = map.at(head);
    require(word !== 0, `unit ${head} should be a head, but its word in the block map is 0`);
    require(!(previousIsFree && word < 0), `two free runs touch at unit ${head}`);
    previousIsFree = word < 0;
    if (previousIsFree) freeRuns++;
    else usedUnits += map.unitsAt(head);
    head += map.unitsAt(head);
  }
  requireEqual(head, unitCount, 'units covered by blocks and free runs');
  return { usedUnits, freeRuns };
}

/** The head bitmap marks exactly the heads of the block map, and its summaries agree. */
function checkHeads({ map, heads, unitCount, layout }: BlockTable): void {
  for (let head = 0; head < unitCount; head += map.unitsAt(head)) {
    const marked = heads.firstAtOrAfter(head);
    require(marked === head, `the head bitmap has its next bit at unit ${marked} instead of ${head}`);
    const next = head + map.unitsAt(head);
    const last = heads.lastAtOrBefore(next - 1);
    require(last === head, `the head bitmap marks unit ${last} inside the run that starts at ${head}`);
  }
  require(unitCount >= layout.unitLimit ||
    heads.firstAtOrAfter(unitCount) === -1, 'the head bitmap goes beyond the end');
  require(heads.isConsistent(), 'a summary of the head bitmap contradicts the words below it');
}

/** Every free run is on the list of its length, once, and nothing else is. */
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

function require(holds: boolean, violation: string): asserts holds {
  if (!holds) throw new AllocatorError('CORRUPTED', `the heap is inconsistent: ${violation}`);
}
