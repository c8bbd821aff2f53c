/**
 * Walks over the memory in address order, in slices: the lock is held for a bounded number of steps at a time, and
 * others work in between.
 *
 *   slice 1   [ block ][ free ][ slab ]·
 *   others                        ·  merge, split, grow: what starts before the place reached may reach beyond it
 *   slice 2          [────── run ──────][ block ]·
 *                               ↑ goes on here, in the middle of a run: the part before has been seen already
 *
 * Each unit is looked at exactly once, at one instant between the call and its return. So what lives during the whole
 * call is seen exactly once, what lives at no time of it is not seen, and what comes or goes meanwhile may be. A run
 * that begins before the place reached is younger than the slice before, or was seen then: of a free one the rest is
 * shown, of a block nothing more. When nobody works meanwhile the slices are one picture.
 *
 * The place reached moves on in every slice, so a walk ends however busy the others are.
 */
import { AllocatorError } from '../allocator-error.ts';
import type { Unit } from '../layout/units.ts';
import type { BlockTable } from '../table/block-table.ts';
import { headAfter, managedUnits } from '../table/block-walk.ts';
import type { LockedTable } from '../table/locked-table.ts';

/**
 * Steps of a hold of the lock. A step is a head or a slot, and takes a few nanoseconds, ten or so when memory is cold;
 * a slab is never divided, so a slice may be longer by the slots of one slab.
 */
export const SLICE_STEPS = 4096;

/** What is done at each run of units. Called under the lock: it allocates nothing and is quick. */
export interface Visitor {
  /**
   * A block, slab or free run starts at `head` with `word` in the block map; `from` lies behind `head` when what lies
   * before has been seen in another shape.
   *
   * @returns how many steps that took
   */
  visit(head: Unit, from: Unit, end: Unit, word: number): number;
  /** Called between slices, without the lock. */
  rest?(): void;
}

/** Walks over all units under management, until what is their end then. */
export function walkInSlices(locked: LockedTable, visitor: Visitor, sliceSteps: number = SLICE_STEPS): void {
  for (let from = 0 as Unit; from >= 0;) {
    from = locked.run(sliceLocked, visitor, from, sliceSteps);
    visitor.rest?.();
  }
}

/** Walks on from `from` for a while. Returns where to go on, or −1 at the end. */
function sliceLocked(table: BlockTable, visitor: Visitor, from: Unit, sliceSteps: number): Unit {
  const unitCount = managedUnits(table);
  let head = headOf(table, from, unitCount);
  let start = from as number;
  for (let steps = 0; start < unitCount && steps < sliceSteps;) {
    const end = headAfter(table, head, unitCount);
    steps += visitor.visit(head as Unit, start as Unit, end as Unit, table.map.at(head));
    head = end;
    start = end;
  }
  return (start < unitCount ? start : -1) as Unit;
}

/** The head of the run that holds `unit`, which may have been a head before and be none now. */
function headOf(table: BlockTable, unit: Unit, unitCount: number): number {
  const head = table.heads.lastAtOrBefore(unit);
  if (head >= 0 && headAfter(table, head, unitCount) > unit) return head;
  throw new AllocatorError('CORRUPTED', `the heap is inconsistent: the head bitmap has no run that holds unit ${unit}`);
}
