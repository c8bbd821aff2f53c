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
import { SLAB_UNIT_BYTES } from '../layout/regions.ts';
import type { LockedTable } from '../table/locked-table.ts';
import type { OwnerWord, ThreadSlots } from '../sync/thread-slots.ts';
import { OwnSlabs } from './own-slabs.ts';
import { CLASS_BY_STEPS } from './size-class.ts';
import { available, Field, NO_LIST, NO_RECORD, type RecordIndex } from './slab-records.ts';
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
  readonly #current: Int32Array;
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
    this.#ofUnit = this.#own.records.ofUnit;
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
    const { words } = this.#own.records;
    const record = this.#current[sizeClass];
    const slot = words[record + Field.HEAD];
    if (slot === NO_SLOT) return this.#allocateSlow(sizeClass);
    const state = words[record + Field.STATES] + slot;
    const next = this.#states[state];
    this.#states[state] = USED;
    words[record + Field.HEAD] = next;
    words[record + Field.LIVE]++;
    return words[record + Field.ADDRESS] * 16 + slot * words[record + Field.SLOT_BYTES];
  }

  /** Frees the slot that starts at `address` if it is in use and in an own slab; else does nothing and says so. */
  deallocate(address: number): boolean {
    const { words } = this.#own.records;
    const record = this.#ofUnit[((address / SLAB_UNIT_BYTES) | 0) - this.#baseUnit];
    if (record === undefined || record === NO_RECORD) return false;
    const offset = address - words[record + Field.ADDRESS] * 16;
    const slot = Math.imul(offset >>> 4, words[record + Field.RECIPROCAL]) >>> 20;
    const state = words[record + Field.STATES] + slot;
    if (slot * words[record + Field.SLOT_BYTES] !== offset || this.#states[state] !== USED) return false;
    const head = words[record + Field.HEAD];
    this.#states[state] = head;
    words[record + Field.HEAD] = slot;
    const live = words[record + Field.LIVE] - 1;
    words[record + Field.LIVE] = live;
    if (head === NO_SLOT || live === 0) this.#afterFree(record);
    return true;
  }

  /** Frees the slot that starts at `address` in another thread's slab; false if no slot in use starts there. */
  deallocateRemote(address: number): boolean {
    const start = this.table.freeRemotely(address);
    if (start === NO_UNIT) return false;
    if (this.table.ownerAt(start) === NO_OWNER) this.#locked.tryRun(returnOrphanLocked, this.table, start, 0);
    return true;
  }

  /** A slab has its first free slot again, or none that is live. */
  #afterFree(record: RecordIndex): void {
    const own = this.#own;
    const list = own.field(record, Field.LIST);
    if (list === NO_LIST) return;
    if (list !== available(own.field(record, Field.CLASS))) {
      own.records.unlink(record);
      own.file(record);
    } else if (own.isEmpty(record)) {
      own.emptyUnits += own.field(record, Field.UNITS);
    }
    if (own.isEmpty(record) && own.emptyUnits > this.#tolerated(KEPT_AFTER_FREE)) {
      this.#locked.tryRun(returnLocked, own, record, 0);
    }
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
    const hasFreeSlot = this.#own.field(this.#current[sizeClass], Field.HEAD) !== NO_SLOT;
    if (hasFreeSlot) return this.allocateClass(sizeClass);
    const supplied =
      this.#installWithoutLock(sizeClass) ||
      (await this.#locked.runAsync(supplyLocked, this.#own, sizeClass, this.#slots, signal));
    return supplied ? this.allocateClass(sizeClass) : 0;
  }

  /** Makes a slab with free slots current, if the thread has one. */
  #installWithoutLock(sizeClass: number): boolean {
    const record = this.#own.shiftAvailable(sizeClass) || this.#collectOldest(sizeClass);
    if (record === NO_RECORD) return false;
    this.#own.install(record);
    return true;
  }

  #hasTooManyEmpty(): boolean {
    return this.#own.emptyUnits > this.#tolerated(KEPT_BEFORE_BIRTH);
  }

  /** Looks through the oldest full slabs for what others freed. What they yield becomes available in any case. */
  #collectOldest(sizeClass: number): RecordIndex {
    const own = this.#own;
    let slots = 0;
    let collected = 0;
    for (let looked = 0; looked < LOOKED_THROUGH; looked++) {
      const record = own.shiftFull(sizeClass);
      if (record === NO_RECORD) break;
      slots += own.field(record, Field.SLOTS);
      collected += own.collect(record);
    }
    return collected > 0 && collected * WORTHWHILE_SHARE >= slots ? own.shiftAvailable(sizeClass) : NO_RECORD;
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
