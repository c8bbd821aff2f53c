/**
 * Validates who is attached to a heap, and whom its slabs belong to. The caller holds the lock. The slabs of other
 * threads are judged by shared words alone, since their records lie in those threads' private memory; those of this
 * thread are compared with its records, slot by slot.
 */
import type { OwnSlabs } from '../slab/own-slabs.ts';
import type { Slab } from '../slab/slab.ts';
import { forEachSlab } from '../slab/slab-supply.ts';
import { NO_OWNER, NO_SLOT, REMOTE, USED, type SlabTable } from '../slab/slab-table.ts';
import type { ThreadSlabs } from '../slab/thread-slabs.ts';
import type { OwnerWord } from '../sync/owner-word.ts';
import type { ThreadSlots } from '../sync/thread-slots.ts';
import { isSlab } from '../table/block-map.ts';
import type { BlockTable } from '../table/block-table.ts';
import { checkLocked } from './check.ts';
import { require } from './require.ts';

/**
 * The whole heap as the thread with the owner word `owner` can judge it.
 *
 * @throws AllocatorError `CORRUPTED`, naming the first thing that does not hold
 */
export function checkHeapLocked(
  table: BlockTable,
  slots: ThreadSlots,
  owner: OwnerWord,
  slabs: ThreadSlabs | undefined,
): void {
  checkLocked(table, slabs?.table);
  const complaint = slots.complaint(owner);
  require(complaint === undefined, complaint!);
  if (slabs === undefined) return;
  forEachSlab(table, (start) => {
    const word = slabs.table.ownerAt(start);
    if (word !== NO_OWNER && !slots.isOwnerWord(word)) throw slabs.table.badOwnerError(start);
  });
  for (const slab of slabs.own.all()) checkRecord(table, slabs.own, slab);
}

/** The record of an own slab says of it what the shared words say, and its free slots are on one list, once each. */
function checkRecord({ map, heads }: BlockTable, { table, owner }: OwnSlabs, slab: Slab): void {
  const { start, unitCount, sizeClass, slotCount } = slab;
  const word = heads.has(start) ? map.at(start) : 0;
  const isThere = isSlab(word) && map.unitsAt(start) === unitCount && table.classAt(start) === sizeClass;
  require(isThere, `this thread knows a slab at unit ${start} that is not there`);
  require(table.ownerAt(start) === owner, `the slab at unit ${start} is this thread's, and has another owner`);
  const listed = listedSlots(table, slab);
  let free = 0;
  for (let slot = 0; slot < slotCount; slot++) {
    const state = table.states[slab.firstState + slot];
    const isFree = state !== USED && state !== REMOTE;
    const known = listed[slot] ? 'lists' : 'does not list';
    const what = `slot ${slot} of the slab at unit ${start} has state ${state}, and its owner ${known} it as free`;
    require(isFree === listed[slot], what);
    if (isFree) free++;
  }
  require(slab.live + free === slotCount, `${slab.live} live and ${free} free of ${slotCount} slots at unit ${start}`);
}

function listedSlots({ states }: SlabTable, { start, head, firstState, slotCount }: Slab): boolean[] {
  const listed = Array.from({ length: slotCount }, () => false);
  for (let slot = head; slot !== NO_SLOT; slot = states[firstState + slot]!) {
    const isNew = slot < slotCount && !listed[slot];
    require(isNew, `the list of free slots of the slab at unit ${start} comes to slot ${slot} in error`);
    listed[slot] = true;
  }
  return listed;
}
