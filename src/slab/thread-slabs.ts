/**
 * One thread's small blocks: allocation and free without the lock, and mostly without an atomic operation.
 *
 *   allocate     the current slab of the class has a free slot → take it
 *                else the oldest slab with free slots · else what others freed in the two oldest full slabs
 *                else a new slab or whatever else can be had under the lock (slab-supply) · else none
 *   deallocate   own slab → the slot becomes free · else not ours: see SlabTable.freeRemotely
 *
 * The states of slots are the truth; a thread that vanishes anywhere here leaves them right. `allocateClass` and
 * `deallocate` make no call between the store that commits and the stores to private memory that follow, so that a
 * stack overflow cannot separate them.
 *
 * Both are longer than the house's style has it: they are the path that everything else is measured by.
 */
import { NO_UNIT, type Unit } from '../layout/units.ts';
import { SLAB_UNIT_BYTES, SLOT_STEP_BYTES } from '../layout/regions.ts';
import type { LockedTable } from '../table/locked-table.ts';
import type { OwnerWord, ThreadSlots } from '../sync/thread-slots.ts';
import { NO_INDEX, OwnSlabs } from './own-slabs.ts';
import { CLASS_BY_STEPS, slotIndex } from './size-class.ts';
import type { Slab } from './slab.ts';
import { NO_OWNER, NO_SLOT, USED, type SlabTable } from './slab-table.ts';
import {
  abandonLocked,
  adoptLocked,
  reclaimLocked,
  returnEmptyLocked,
  returnLocked,
  returnOrphanLocked,
  supplyLocked,
  takeBlockLocked,
} from './slab-supply.ts';

/** Full slabs that are looked through before a new slab is taken. */
const LOOKED_THROUGH = 2;
/** What these must yield, as a share of their slots, to do without a new slab. */
const WORTHWHILE_SHARE = 8;
/** No more than this share of the heap's greatest size is kept in empty slabs for their small number alone. */
const KEPT_SHARE_OF_HEAP = 32;
/** Empty slabs that are kept after a free: so many units, or this share of all that are owned. */
const KEPT_AFTER_FREE = { units: 1024, share: 4 };
/** The same when another slab is wanted, for which they had better be used. */
const KEPT_BEFORE_BIRTH = { units: 64, share: 8 };

/** Small blocks of one thread. */
export class ThreadSlabs {
  readonly table: SlabTable;
  readonly #states: Uint16Array<SharedArrayBuffer>;
  readonly #own: OwnSlabs;
  readonly #current: Slab[];
  readonly #slabs: Slab[];
  readonly #ofUnit: Int32Array;
  /** Address of the first unit, in units. */
  readonly #baseUnit: number;
  readonly #unitLimit: number;
  readonly #locked: LockedTable;
  readonly #slots: ThreadSlots;

  constructor(table: SlabTable, locked: LockedTable, slots: ThreadSlots, owner: OwnerWord) {
    this.table = table;
    this.#states = table.states;
    this.#own = new OwnSlabs(table, owner);
    this.#current = this.#own.current;
    this.#slabs = this.#own.slabs;
    this.#ofUnit = this.#own.ofUnit;
    this.#baseUnit = table.layout.base / SLAB_UNIT_BYTES;
    this.#unitLimit = table.layout.unitLimit;
    this.#locked = locked;
    this.#slots = slots;
  }

  /** Takes a slot for `size` ≤ SMALL_LIMIT bytes. Returns its address, or 0 when there is no memory. */
  allocate(size: number): number {
    return this.allocateClass(CLASS_BY_STEPS[(size + 15) >>> 4]);
  }

  /** Takes a slot of a size class. Returns its address, or 0 when there is no memory. */
  allocateClass(sizeClass: number): number {
    const slab = this.#current[sizeClass];
    const slot = slab.head;
    if (slot === NO_SLOT) return this.#allocateSlow(sizeClass);
    const state = slab.firstState + slot;
    const next = this.#states[state];
    this.#states[state] = USED;
    slab.head = next;
    slab.live++;
    return slab.addressSteps * SLOT_STEP_BYTES + slot * slab.slotBytes;
  }

  /** Frees the slot that starts at `address` if it is in use and in an own slab; else does nothing and says so. */
  deallocate(address: number): boolean {
    const index = this.#ofUnit[((address / SLAB_UNIT_BYTES) | 0) - this.#baseUnit];
    if (index === undefined || index === NO_INDEX) return false;
    const slab = this.#slabs[index];
    const offset = address - slab.addressSteps * SLOT_STEP_BYTES;
    const slot = slotIndex(offset, slab.reciprocal);
    const state = slab.firstState + slot;
    if (slot * slab.slotBytes !== offset || this.#states[state] !== USED) return false;
    const head = slab.head;
    const live = slab.live - 1;
    this.#states[state] = head;
    slab.head = slot;
    slab.live = live;
    if (head === NO_SLOT || live === 0) this.#afterFree(slab);
    return true;
  }

  /** Frees the slot that starts at `address` in another thread's slab; false if no slot in use starts there. */
  deallocateRemote(address: number): boolean {
    const start = this.table.freeRemotely(address);
    if (start === NO_UNIT) return false;
    if (this.table.ownerAt(start) === NO_OWNER) this.#locked.tryRun(returnOrphanLocked, this.table, start, 0);
    return true;
  }

  #afterFree(slab: Slab): void {
    this.#own.noteFree(slab);
    if (slab.list === undefined || !slab.isEmpty) return;
    if (this.#own.emptyUnits > this.#tolerated(KEPT_AFTER_FREE)) this.#locked.tryRun(returnLocked, this.#own, slab, 0);
  }

  #tolerated({ units, share }: typeof KEPT_AFTER_FREE): number {
    return Math.max(Math.min(units, this.#unitLimit / KEPT_SHARE_OF_HEAP), this.#own.units / share);
  }

  #allocateSlow(sizeClass: number): number {
    if (this.#installWithoutLock(sizeClass)) return this.allocateClass(sizeClass);
    if (this.#hasTooManyEmpty()) this.#locked.run(returnEmptyLocked, this.#own, 0, 0);
    const supplied = this.#locked.run(supplyLocked, this.#own, sizeClass, this.#slots);
    return supplied ? this.allocateClass(sizeClass) : 0;
  }

  /** Like `allocateClass` for a thread that may not block. */
  async allocateClassAsync(sizeClass: number, signal?: AbortSignal): Promise<number> {
    if (!this.#current[sizeClass].isFull) return this.allocateClass(sizeClass);
    const supplied =
      this.#installWithoutLock(sizeClass) ||
      (await this.#locked.runAsync(supplyLocked, this.#own, sizeClass, this.#slots, signal));
    return supplied ? this.allocateClass(sizeClass) : 0;
  }

  /** Makes a slab with free slots current, if the thread has one. */
  #installWithoutLock(sizeClass: number): boolean {
    const slab = this.#own.shiftAvailable(sizeClass) ?? this.#collectOldest(sizeClass);
    if (slab === undefined) return false;
    this.#own.install(slab);
    return true;
  }

  #hasTooManyEmpty(): boolean {
    return this.#own.emptyUnits > this.#tolerated(KEPT_BEFORE_BIRTH);
  }

  /** Looks through the oldest full slabs for what others freed. What they yield becomes available in any case. */
  #collectOldest(sizeClass: number): Slab | undefined {
    const own = this.#own;
    let slots = 0;
    let collected = 0;
    for (let looked = 0; looked < LOOKED_THROUGH; looked++) {
      const slab = own.shiftFull(sizeClass);
      if (slab === undefined) break;
      slots += slab.slotCount;
      collected += own.collect(slab);
    }
    const isWorthwhile = collected > 0 && collected * WORTHWHILE_SHARE >= slots;
    return isWorthwhile ? own.shiftAvailable(sizeClass) : undefined;
  }

  /** Takes a block of the table, for what is too large for a slab. NO_UNIT when there is no memory. */
  takeBlock(unitCount: number, alignment: number): Unit {
    return this.#locked.run(takeBlockLocked, this.#own, this.#slots, [unitCount, alignment] as const);
  }

  /** The same for a thread that may not block. */
  takeBlockAsync(unitCount: number, alignment: number, signal?: AbortSignal): Promise<Unit> {
    return this.#locked.runAsync(takeBlockLocked, this.#own, this.#slots, [unitCount, alignment] as const, signal);
  }

  /** Adopts slabs that nobody owns. */
  adopt(): number {
    return this.#locked.run(adoptLocked, this.#own, this.#slots, 0);
  }

  /** Adopts what nobody owns, collects what others freed, and gives empty slabs back. Returns slabs adopted. */
  reclaim(): number {
    return this.#locked.run(reclaimLocked, this.#own, this.#slots, 0);
  }

  /** Leaves all slabs to whoever adopts them; empty ones are given back. */
  abandon(): void {
    this.#locked.run(abandonLocked, this.#own, 0, 0);
  }
}
