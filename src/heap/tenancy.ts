/**
 * A thread's place in a heap: its thread slot, and what stands in its name in the shared memory, which is the lock and
 * its slabs.
 *
 *   state        slot                what others may do
 *   here         claimed             nothing
 *   lingering    claimed, LINGERING  who needs the slot, or memory, expels the tenant: its slabs are adopted
 *   left         free                its slabs are adopted
 *
 *   here → lingering    nothing is given back, no lock is taken: coming back costs one compare-exchange
 *   lingering → here    unless it was expelled
 *   here → left         empty slabs are given back, the others are nobody's from then on
 *
 * While it lingers or has left, the table is closed and refuses everything. Nothing here refers to the membership that
 * it belongs to, so that it can end the tenancy of one that was collected.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import { Header, SLAB_UNIT_BYTES } from '../layout/regions.ts';
import type { Layout } from '../layout/layout.ts';
import type { Fit } from '../fit/fit.ts';
import { IDENTITY_LIMIT, platformLiveness, type Liveness } from '../sync/liveness.ts';
import { Spinlock } from '../sync/spinlock.ts';
import { ThreadSlots, type OwnerWord } from '../sync/thread-slots.ts';
import type { UserCode } from '../sync/user-code.ts';
import { LockedTable } from '../table/locked-table.ts';
import { SlabTable } from '../slab/slab-table.ts';
import { deriveStarts } from '../slab/slab-supply.ts';
import { ThreadSlabs } from '../slab/thread-slabs.ts';
import { GuardedLiveness } from './guarded-liveness.ts';

/** What a tenant brings along. */
export interface TenantOptions {
  readonly fit: Fit;
  /** Undefined: what the platform knows. */
  readonly liveness: Liveness | undefined;
  /** Says when `fit` and `liveness` run. */
  readonly userCode: UserCode;
}

/** One thread's place in one heap. */
export class Tenancy {
  readonly slots: ThreadSlots;
  readonly locked: LockedTable;
  /** Undefined in a heap without slabs. */
  readonly slabs: ThreadSlabs | undefined;
  readonly #own: OwnerWord;

  constructor(layout: Layout, { fit, liveness, userCode }: TenantOptions) {
    const known = liveness === undefined ? platformLiveness() : new GuardedLiveness(liveness, userCode);
    this.slots = new ThreadSlots(layout, known);
    this.#own = this.slots.claim(checkedIdentity(known.self()));
    const lock = new Spinlock(layout, this.slots, this.#own, layout.words[Header.LOCK_TIMEOUT_MS]);
    this.locked = new LockedTable(layout, fit, lock, userCode);
    this.slabs =
      layout.unitBytes === SLAB_UNIT_BYTES ? new ThreadSlabs(new SlabTable(layout), this.locked, this.#own) : undefined;
    if (this.slabs !== undefined) deriveStartsOnRepair(this.locked, this.slabs.table);
  }

  /**
   * Leaves the heap, if it has not.
   *
   * @throws AllocatorError `LOCK_TIMEOUT` (the thread has left all the same) or `REENTRANT` (it has not)
   */
  leave(): void {
    try {
      if (this.locked.isOpen) this.slabs?.abandon();
    } finally {
      this.leaveWithoutLock();
    }
  }

  /** The same for a thread that must not wait: others find what is left behind. */
  leaveWithoutLock(): void {
    this.locked.close();
    this.slabs?.forget();
    this.slots.release(this.#own);
  }

  /** Leaves the heap for the time being. */
  linger(): void {
    this.locked.close();
    this.slots.linger(this.#own);
  }

  /** Comes back; false if the thread was expelled, and has left for good. */
  resume(): boolean {
    const isBack = this.slots.resume(this.#own);
    if (isBack) this.locked.open();
    else this.leaveWithoutLock();
    return isBack;
  }

  /** Whether `buffer`, which has the header of this heap, is the same memory. */
  isIn(buffer: SharedArrayBuffer): boolean {
    return this.slots.isSameMemory(buffer, this.#own);
  }

  /** Leaves the heap from wherever it is, without waiting. */
  end(): void {
    if (!this.locked.isOpen && !this.resume()) return;
    try {
      this.slabs?.tryAbandon();
    } finally {
      this.leaveWithoutLock();
    }
  }
}

function deriveStartsOnRepair({ table }: LockedTable, slabs: SlabTable): void {
  table.deriveAlso((repaired) => deriveStarts(repaired, slabs));
}

function checkedIdentity(identity: number): number {
  if (Number.isInteger(identity) && identity >= 1 && identity < IDENTITY_LIMIT) return identity;
  throw new AllocatorError(
    'BAD_OPTION',
    `liveness.self() must return a whole number from 1 to ${IDENTITY_LIMIT - 1}, got ${shown(identity)}`,
  );
}
