/**
 * Where slabs come from and go to: everything about them that happens under the lock.
 *
 *   create    class, owner and starts are written while the run is still free; the one store that makes it a block
 *             makes it a slab. Starts are derived: a rebuild writes them anew
 *   return    an empty slab is forgotten, then its units are given back like those of any block
 *   leave     the owner word becomes 0; only then is the slab looked through, and given back if it is empty. A thread
 *             that frees a slot reads the owner after its compare-exchange: one of the two sees the other
 *   adopt     the owner word becomes that of the adopter, who derives its record from the slot states only then
 *
 * Slabs without owner are found by walking the blocks, which happens only when ORPHANS says that there may be some. It
 * says so until a whole walk is done: one that is cut short, and what is noted during one, leave it set. To be cut short anywhere costs at most that a slab stays without record: it carries the
 * owner word of a thread that does not know it, and is adopted by that thread later or by another after its death.
 */
import { Guarded, Orphans } from '../layout/regions.ts';
import { NO_UNIT, type Unit } from '../layout/units.ts';
import { isSlab, SLAB, unitsOf } from '../table/block-map.ts';
import type { BlockTable } from '../table/block-table.ts';
import { headAfter, managedUnits } from '../table/block-walk.ts';
import { listening } from '../sync/heap-observer.ts';
import type { OwnerWord } from '../sync/owner-word.ts';
import type { ThreadSlots } from '../sync/thread-slots.ts';
import type { OwnSlabs } from './own-slabs.ts';
import { slabUnitsFor } from './size-class.ts';
import type { Slab } from './slab.ts';
import { NO_OWNER, type SlabTable } from './slab-table.ts';

/** The first slab of a class: so small that few objects do not take much, also as a share of a small heap. */
const FIRST_SLAB_BYTES = 4096;
const FIRST_SLAB_SHARE = 256;
/** Later ones have as much as their class has already, up to so many bytes. */
const DOUBLING_LIMIT_BYTES = 32_768;
/** Beyond, an eighth of it: the unused part of a slab stays small beside the rest. */
const NEW_SLAB_SHARE = 8;

/** Makes a new slab, smaller than it should be if there is no room for more. It is on no list yet. */
export function createSlab(table: BlockTable, own: OwnSlabs, sizeClass: number): Slab | undefined {
  const least = slabUnitsFor(sizeClass, 0);
  const ownedBytes = table.layout.bytesOf(own.unitsOfClass[sizeClass]);
  const firstBytes = Math.min(FIRST_SLAB_BYTES, table.layout.bytesOf(table.layout.unitLimit) / FIRST_SLAB_SHARE);
  const wantedBytes = Math.max(firstBytes, Math.min(ownedBytes, DOUBLING_LIMIT_BYTES), ownedBytes / NEW_SLAB_SHARE);
  for (let unitCount = slabUnitsFor(sizeClass, wantedBytes); ; unitCount = Math.max(least, unitCount >>> 1)) {
    const start = carveSlab(table, own, sizeClass, unitCount);
    if (start !== NO_UNIT) return own.add(start, unitCount);
    if (unitCount === least) return undefined;
  }
}

function carveSlab(table: BlockTable, own: OwnSlabs, sizeClass: number, unitCount: number): Unit {
  const run = table.find(unitCount);
  if (run === NO_UNIT) return NO_UNIT;
  table.prepare();
  own.table.describe(run, unitCount, sizeClass, own.owner);
  table.carve(run, run, unitCount, SLAB);
  return run;
}

/** Gives an own slab back, which is empty. */
export function returnLocked(table: BlockTable, own: OwnSlabs, slab: Slab): void {
  own.drop(slab);
  giveSlabBack(table, own.table, slab.start);
}

/** Gives all own slabs back that are empty. */
export function returnEmptyLocked(table: BlockTable, own: OwnSlabs): void {
  for (const slab of own.all()) if (slab.isEmpty) returnLocked(table, own, slab);
}

function giveSlabBack(table: BlockTable, slabs: SlabTable, start: Unit): void {
  table.prepare();
  slabs.forget(start, table.map.unitsAt(start));
  table.giveBack(start);
}

/**
 * Makes the most of what there is: collects what others freed in own slabs, expels those who have left but might come
 * back, adopts slabs that nobody owns, and gives back all that are empty.
 *
 * @returns the number of slabs adopted
 */
export function reclaimLocked(table: BlockTable, own: OwnSlabs, slots: ThreadSlots): number {
  for (const slab of own.all()) own.collect(slab);
  slots.expelLingering();
  const adopted = adoptLocked(table, own, slots);
  returnEmptyLocked(table, own);
  return adopted;
}

/** Adopts the slabs that nobody owns, and gives back those of them that are empty. Returns how many there were. */
export function adoptLocked(table: BlockTable, own: OwnSlabs, slots: ThreadSlots): number {
  const { words } = table.layout;
  slots.releaseDead();
  if (Atomics.load(words, Guarded.ORPHANS) === Orphans.NONE) return 0;
  Atomics.store(words, Guarded.ORPHANS, Orphans.BEING_ADOPTED);
  const isOrphan = orphanTest(own, slots);
  const adopted: Slab[] = [];
  forEachSlab(table, (start, unitCount) => {
    own.table.requireSlab(start, unitCount);
    if (!isOrphan(start)) return;
    own.table.setOwner(start, own.owner);
    const slab = own.add(start, unitCount);
    own.file(slab);
    adopted.push(slab);
  });
  Atomics.compareExchange(words, Guarded.ORPHANS, Orphans.BEING_ADOPTED, Orphans.NONE);
  for (const slab of adopted) if (slab.isEmpty) returnLocked(table, own, slab);
  listening.observer?.adopted(adopted.length);
  return adopted.length;
}

/** Whether nobody allocates from the slab at `start`. Asks about each owner only once, since that may be slow. */
function orphanTest(own: OwnSlabs, slots: ThreadSlots): (start: Unit) => boolean {
  const gone = new Map<OwnerWord, boolean>([[NO_OWNER, true]]);
  return (start) => {
    const owner = own.table.ownerAt(start);
    if (owner === own.owner) return !own.owns(start);
    if (owner !== NO_OWNER && !slots.isOwnerWord(owner)) throw own.table.badOwnerError(start);
    if (!gone.has(owner)) gone.set(owner, slots.isDead(owner));
    return gone.get(owner)!;
  };
}

/** Leaves all own slabs to whoever adopts them; gives those back that are empty. */
export function abandonLocked(table: BlockTable, own: OwnSlabs): void {
  Atomics.store(table.layout.words, Guarded.ORPHANS, Orphans.NOTED);
  for (const slab of own.all()) {
    own.table.setOwner(slab.start, NO_OWNER);
    own.collect(slab);
    if (slab.isEmpty) returnLocked(table, own, slab);
    else own.drop(slab);
  }
}

/** Gives a slab that nobody owns back if it is empty: a thread freed its last slot after its owner had left. */
export function returnOrphanLocked(table: BlockTable, slabs: SlabTable, start: Unit): void {
  const isThere = table.heads.has(start) && slabs.startOf(start) === start;
  if (!isThere || slabs.ownerAt(start) !== NO_OWNER) return;
  if (slabs.isEmpty(start, table.map.unitsAt(start))) giveSlabBack(table, slabs, start);
}

/** Calls `visit` with the first unit and the length of every slab. */
export function forEachSlab(table: BlockTable, visit: (start: Unit, unitCount: number) => void): void {
  const end = managedUnits(table);
  for (let head = 0; head < end; head = headAfter(table, head, end)) {
    const word = table.map.at(head);
    if (isSlab(word)) visit(head as Unit, unitsOf(word));
  }
}

/** Derives from the block map which units lie in which slab, after a creation or return was cut short. */
export function deriveStarts(table: BlockTable, slabs: SlabTable): void {
  const { map, unitCount } = table;
  for (let head = 0; head < unitCount; head += map.unitsAt(head)) {
    slabs.setStart(head as Unit, map.unitsAt(head), isSlab(map.at(head)) ? (head as Unit) : NO_UNIT);
  }
}
