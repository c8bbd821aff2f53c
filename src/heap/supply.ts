/**
 * Where memory comes from, in this order. The caller holds the lock.
 *
 *   table      a free run that the fit chooses
 *   reclaim    what others freed in own slabs, slabs that nobody owns, and the units of slabs that are empty
 *   growth     more memory under management
 */
import { NO_UNIT, type Unit } from '../layout/units.ts';
import type { BlockTable } from '../table/block-table.ts';
import type { ThreadSlots } from '../sync/thread-slots.ts';
import type { OwnSlabs } from '../slab/own-slabs.ts';
import { slabUnitsFor } from '../slab/size-class.ts';
import type { Slab } from '../slab/slab.ts';
import { createSlab, reclaimLocked, returnEmptyLocked } from '../slab/slab-supply.ts';
import type { ThreadSlabs } from '../slab/thread-slabs.ts';
import { growAtEndLocked, growLocked } from './growth.ts';
import type { Member } from './member.ts';

/** What is to be taken: a slot of a size class ≥ 0, else units of the table at an alignment in units. */
export interface Request {
  readonly sizeClass: number;
  readonly unitCount: number;
  readonly alignment: number;
}

/** Stands for "no such block". */
export const NO_ADDRESS = 0;

/** Takes what is asked for. Returns its address, or NO_ADDRESS when there is no memory. */
export function takeLocked(table: BlockTable, member: Member, request: Request): number {
  const { sizeClass, unitCount, alignment } = request;
  return sizeClass < 0
    ? takeBlockLocked(table, member, unitCount, alignment)
    : takeSlotLocked(table, member.slabs!, member.slots, sizeClass);
}

/** Takes a block of the table. */
export function takeBlockLocked(table: BlockTable, member: Member, unitCount: number, alignment: number): number {
  const block = table.take(unitCount, alignment);
  if (block !== NO_UNIT) return table.layout.addressOf(block);
  reclaim(table, member);
  return takeGrown(table, unitCount, alignment);
}

function takeGrown(table: BlockTable, unitCount: number, alignment: number): number {
  let block = table.take(unitCount, alignment);
  if (block === NO_UNIT && growLocked(table, unitCount, unitCount + alignment - 1)) {
    block = table.take(unitCount, alignment);
  }
  return block === NO_UNIT ? NO_ADDRESS : table.layout.addressOf(block);
}

function reclaim(table: BlockTable, { slabs, slots }: Member): void {
  if (slabs !== undefined) reclaimLocked(table, slabs.own, slots);
}

/** Takes a slot of a size class whose current slab is full. */
export function takeSlotLocked(table: BlockTable, slabs: ThreadSlabs, slots: ThreadSlots, sizeClass: number): number {
  const { own } = slabs;
  if (own.current[sizeClass].hasFreeSlot) return slabs.allocateClass(sizeClass);
  if (slabs.hasTooManyEmpty()) returnEmptyLocked(table, own);
  const slab =
    createSlab(table, own, sizeClass) ??
    reclaimSlab(table, own, slots, sizeClass) ??
    createGrownSlab(table, own, sizeClass);
  if (slab === undefined) return NO_ADDRESS;
  if (!own.isCurrent(slab)) own.install(slab);
  return slabs.allocateClass(sizeClass);
}

/** What reclaiming yields for a class: free slots in its current slab, another slab, or room for a new one. */
function reclaimSlab(table: BlockTable, own: OwnSlabs, slots: ThreadSlots, sizeClass: number): Slab | undefined {
  reclaimLocked(table, own, slots);
  const current = own.current[sizeClass];
  if (current.hasFreeSlot) return current;
  return own.shiftAvailable(sizeClass) ?? createSlab(table, own, sizeClass) ?? own.shiftPartial(sizeClass);
}

function createGrownSlab(table: BlockTable, own: OwnSlabs, sizeClass: number): Slab | undefined {
  const unitCount = slabUnitsFor(sizeClass, 0);
  return growLocked(table, unitCount, unitCount) ? createSlab(table, own, sizeClass) : undefined;
}

/**
 * Makes the block longer where it is, else takes what is asked for elsewhere. The last block of the memory grows with
 * the memory before it is moved, so that what grows step by step reaches the end. What reclaiming gave back may lie
 * behind the block, so that it can grow after all.
 *
 * @returns the address of the block itself, of another, or NO_ADDRESS when there is no memory
 */
export function growOrTakeLocked(table: BlockTable, member: Member, block: Unit, request: Request): number {
  const { sizeClass, unitCount, alignment } = request;
  const here = table.layout.addressOf(block);
  if (table.resize(block, unitCount) || growAtEndLocked(table, block, unitCount)) return here;
  const there = sizeClass < 0 ? table.take(unitCount, alignment) : NO_UNIT;
  if (there !== NO_UNIT) return table.layout.addressOf(there);
  const slot = sizeClass < 0 ? NO_ADDRESS : takeSlotLocked(table, member.slabs!, member.slots, sizeClass);
  if (slot !== NO_ADDRESS) return slot;
  if (sizeClass < 0) reclaim(table, member);
  if (table.resize(block, unitCount) || growAtEndLocked(table, block, unitCount)) return here;
  return sizeClass < 0 ? takeGrown(table, unitCount, alignment) : NO_ADDRESS;
}
