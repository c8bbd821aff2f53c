/**
 * One thread's small blocks: allocation and free without the lock, and mostly without an atomic operation.
 *
 *   allocate     the current slab of the class has a free slot → take it
 *                else the oldest slab with free slots · else what others freed in the two oldest full slabs
 *                else none: what can be had under the lock is the affair of the layer above
 *   deallocate   own slab → the slot becomes free · else not ours: see SlabTable.freeRemotely
 *
 * The states of slots are the truth; a thread that vanishes anywhere here leaves them right. `allocateClass` and
 * `deallocate` make no call between the store that commits and the stores to private memory that follow, so that a
 * stack overflow cannot separate them. Before more is to be done, which calls others, they ask for room on the stack:
 * a call that throws has not committed.
 *
 * Both are longer than the house's style has it: they are the path that everything else is measured by.
 */
import { AllocatorError } from '../allocator-error.ts';
import type { Unit } from '../layout/units.ts';
import * as regions from '../layout/regions.ts';
import { unitsOf } from '../table/block-map.ts';
import type { LockedTable } from '../table/locked-table.ts';
import { requireHeadroom } from '../sync/headroom.ts';
import type { OwnerWord } from '../sync/owner-word.ts';
import type { ThreadSlots } from '../sync/thread-slots.ts';
import * as ownSlabs from './own-slabs.ts';
import * as sizeClasses from './size-class.ts';
import type { Slab } from './slab.ts';
import * as slotStates from './slab-table.ts';
import type { SlabTable } from './slab-table.ts';
import { abandonLocked, adoptLocked, reclaimLocked, returnLocked, returnOrphanLocked } from './slab-supply.ts';

// V8 folds a module's own constants into the code, but loads imported ones from a cell and tests them at each use,
// which cost a quarter of an allocation.
const { CLASS_BY_STEPS, RECIPROCAL_BITS, SLAB_LIMIT_BYTES } = sizeClasses;
const { NO_OWNER, NO_SLOT, USED } = slotStates;
const { SLAB_UNIT_BYTES } = regions;
const { NO_INDEX } = ownSlabs;
const SLAB_LIMIT_UNITS = SLAB_LIMIT_BYTES / SLAB_UNIT_BYTES;

/** Full slabs that are looked through before a new slab is taken. */
const LOOKED_THROUGH = 2;
/** No more than this share of the heap's greatest size is kept in empty slabs for their small number alone. */
const KEPT_SHARE_OF_HEAP = 32;
/** Empty slabs that are kept after a free: so many units, or this share of all that are owned. */
const KEPT_AFTER_FREE = { units: 1024, share: 4 };
/** The same when another slab is wanted, for which they had better be used. */
const KEPT_BEFORE_CREATION = { units: 256, share: 8 };

/** Small blocks of one thread. */
export class ThreadSlabs {
  readonly table: SlabTable;
  private readonly states: Uint16Array<SharedArrayBuffer>;
  /** What this thread knows of its slabs. */
  readonly own: ownSlabs.OwnSlabs;
  private readonly current: Slab[];
  private readonly slabs: Slab[];
  private readonly ofUnit: Int32Array;
  /** Address of the first unit, in units. */
  private readonly baseUnit: number;
  private readonly unitLimit: number;
  private readonly locked: LockedTable;

  constructor(table: SlabTable, locked: LockedTable, owner: OwnerWord) {
    this.table = table;
    this.states = table.states;
    this.own = new ownSlabs.OwnSlabs(table, owner);
    this.current = this.own.current;
    this.slabs = this.own.slabs;
    this.ofUnit = this.own.ofUnit;
    this.baseUnit = table.layout.base / SLAB_UNIT_BYTES;
    this.unitLimit = table.layout.unitLimit;
    this.locked = locked;
  }

  /** Takes a slot for `size` ≤ SMALL_LIMIT bytes. Returns its address, or 0 if the class has none without the lock. */
  allocate(size: number): number {
    return this.allocateClass(CLASS_BY_STEPS[(size + 15) >>> 4]);
  }

  /** Takes a slot of a size class. Returns its address, or 0 if there is none without the lock. */
  allocateClass(sizeClass: number): number {
    const slab = this.current[sizeClass];
    const slot = slab.head;
    if (slot === NO_SLOT) return this.#allocateSlow(sizeClass);
    const state = slab.firstState + slot;
    const next = this.states[state];
    this.states[state] = USED;
    slab.head = next;
    slab.live++;
    return slab.address + slot * slab.slotBytes;
  }

  /** Frees the slot that starts at `address` if it is in use and in an own slab; else does nothing and says so. */
  deallocate(address: number): boolean {
    const index = this.ofUnit[((address / SLAB_UNIT_BYTES) | 0) - this.baseUnit];
    if (index === undefined || index === NO_INDEX) return false;
    const slab = this.slabs[index];
    const offset = address - slab.address;
    const slot = Math.imul(offset >>> 4, slab.reciprocal) >>> RECIPROCAL_BITS; // slotIndex, inlined by hand
    const state = slab.firstState + slot;
    if (slot * slab.slotBytes !== offset || this.states[state] !== USED) return false;
    const head = slab.head;
    const live = slab.live - 1;
    if (live <= slab.notifyThreshold) requireHeadroom();
    this.states[state] = head;
    slab.head = slot;
    slab.live = live;
    if (live > slab.notifyThreshold) return true;
    try {
      this.#afterFree(slab);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // no room on the stack: the slot is free all the same
    }
    return true;
  }

  /** Frees a slot in a slab that is another thread's, or nobody's; false if the slot is not in use. */
  deallocateRemote(slab: Unit, state: number): boolean {
    if (!this.table.freeRemotely(state)) return false;
    try {
      if (this.table.ownerAt(slab) === NO_OWNER) this.#returnOrphan(slab);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // no room on the stack: the slot is free, and its slab stays
    }
    return true;
  }

  /**
   * The look without the lock may deceive, but spares the lock where a slab is far from empty. A slab that cannot be
   * given back because the lock is not to be had stays until somebody adopts it; the slot is free all the same.
   */
  #returnOrphan(start: Unit): void {
    const unitCount = Math.min(unitsOf(this.locked.table.map.load(start)), SLAB_LIMIT_UNITS);
    if (!this.table.isEmpty(start, unitCount)) return;
    try {
      this.locked.run(returnOrphanLocked, this.table, start);
    } catch (error) {
      passOver(error);
    }
  }

  #afterFree(slab: Slab): void {
    this.own.noteFree(slab);
    if (slab.live > 0 || this.own.isCurrent(slab)) return;
    if (this.own.emptyUnits <= this.#tolerated(KEPT_AFTER_FREE)) return;
    try {
      this.locked.tryRun(returnLocked, this.own, slab);
    } catch (error) {
      passOver(error);
    }
  }

  #tolerated({ units, share }: typeof KEPT_AFTER_FREE): number {
    return Math.max(Math.min(units, this.unitLimit / KEPT_SHARE_OF_HEAP), this.own.units / share);
  }

  #allocateSlow(sizeClass: number): number {
    requireHeadroom();
    if (this.own.replaceCurrent(sizeClass) || this.#collectOldest(sizeClass)) return this.allocateClass(sizeClass);
    return 0;
  }

  /** Whether empty slabs had better be used before the thread takes a new one. */
  hasTooManyEmpty(): boolean {
    return this.own.emptyUnits > this.#tolerated(KEPT_BEFORE_CREATION);
  }

  /** Looks through the oldest full slabs for what others freed; one that yields enough becomes current. */
  #collectOldest(sizeClass: number): boolean {
    for (let looked = 0; looked < LOOKED_THROUGH; looked++) {
      const slab = this.own.shiftFull(sizeClass);
      if (slab === undefined) break;
      this.own.collect(slab);
    }
    return this.own.replaceCurrent(sizeClass);
  }

  /** Adopts slabs that nobody owns. */
  adopt(slots: ThreadSlots): number {
    return this.locked.run(adoptLocked, this.own, slots);
  }

  /** Adopts what nobody owns, collects what others freed, and gives empty slabs back. Returns slabs adopted. */
  reclaim(slots: ThreadSlots): number {
    return this.locked.run(reclaimLocked, this.own, slots);
  }

  /** Leaves all slabs to whoever adopts them; empty ones are given back. */
  abandon(): void {
    this.locked.run(abandonLocked, this.own);
  }

  /** The same if the lock is free right now; tells whether it was. */
  tryAbandon(): boolean {
    return this.locked.tryRun(abandonLocked, this.own);
  }

  /** Knows no slab any more: from then on there is nothing to allocate from, and no free is one of an own slot. */
  forget(): void {
    for (const slab of this.own.all()) this.own.drop(slab);
  }
}

/**
 * The slot is free whatever becomes of its slab, and a free that throws is one that has not happened. What went wrong
 * shows the next time that somebody needs the lock.
 */
function passOver(error: unknown): void {
  if (!(error instanceof AllocatorError || error instanceof RangeError)) throw error;
}
