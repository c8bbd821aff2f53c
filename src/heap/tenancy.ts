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
import { Header, Lock, SLAB_UNIT_BYTES } from '../layout/regions.ts';
import type { Layout } from '../layout/layout.ts';
import type { Fit } from '../fit/fit.ts';
import { Answering } from '../sync/answering.ts';
import { IDENTITY_LIMIT, type Liveness } from '../sync/liveness.ts';
import type { OwnerWord } from '../sync/owner-word.ts';
import { platformLiveness } from '../sync/platform-liveness.ts';
import { RobustLock } from '../sync/robust-lock.ts';
import { ThreadSlots } from '../sync/thread-slots.ts';
import type { UserCode } from '../sync/user-code.ts';
import { atomicsWaiting } from '../sync/waiting.ts';
import { KnownDeaths } from '../web-locks/known-deaths.ts';
import { webLocksLiveness } from '../web-locks/web-locks-liveness.ts';
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
  /** The word by which the heap knows this thread. */
  readonly owner: OwnerWord;
  /** What is done here so that deaths become known. */
  readonly deaths: KnownDeaths;
  readonly #answering: Answering;

  constructor(layout: Layout, { fit, liveness, userCode }: TenantOptions) {
    performance.now(); // Node loads the clock at its first use; near the end of the stack it fails, and for good
    const known =
      liveness === undefined ? (webLocksLiveness() ?? platformLiveness()) : new GuardedLiveness(liveness, userCode);
    this.slots = new ThreadSlots(layout, known);
    this.owner = this.slots.claim(checkedIdentity(known.self()));
    this.deaths = new KnownDeaths(known, this.slots, this.owner);
    const lock = heapLock(layout, this.slots, this.owner);
    this.#answering = new Answering(this.slots, this.owner, lock);
    this.locked = new LockedTable(layout, fit, lock, userCode);
    const hasSlabs = layout.unitBytes === SLAB_UNIT_BYTES;
    this.slabs = hasSlabs ? new ThreadSlabs(new SlabTable(layout), this.locked, this.owner) : undefined;
    if (this.slabs !== undefined) deriveStartsOnRepair(this.locked, this.slabs.table);
  }

  /** Does its part from now on for deaths to be known. `answers`: gives back a lock that it holds without knowing. */
  start(answers: boolean): void {
    this.deaths.start();
    if (answers) this.#answering.start();
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
    this.#answering.end();
    this.deaths.end();
    this.slots.release(this.owner);
  }

  /** Leaves the heap for the time being. */
  linger(): void {
    this.locked.close();
    this.slots.linger(this.owner);
  }

  /** Comes back; false if the thread was expelled, and has left for good. */
  resume(): boolean {
    const isBack = this.slots.resume(this.owner);
    if (isBack) this.locked.open();
    else this.leaveWithoutLock();
    return isBack;
  }

  /** Whether `buffer`, which has the header of this heap, is the same memory. */
  isIn(buffer: SharedArrayBuffer): boolean {
    return this.slots.isSameMemory(buffer, this.owner);
  }

  /** Leaves the heap from wherever it is, without waiting, and whatever is wrong with it: nobody is there to be told. */
  end(): void {
    if (!this.locked.isOpen && !this.resume()) return;
    try {
      this.slabs?.tryAbandon();
    } catch {
      // Slabs that are not given back here carry the name of one who has left, and are adopted.
    }
    this.leaveWithoutLock();
  }
}

function heapLock({ words }: Layout, owners: ThreadSlots, own: OwnerWord): RobustLock {
  return new RobustLock({
    words,
    index: Lock.OWNER,
    turn: Lock.TURN,
    moves: Lock.MOVES,
    name: 'the lock',
    owners,
    own,
    waiting: atomicsWaiting,
    timeoutMs: words[Header.LOCK_TIMEOUT_MS],
    ownWord: 'seize',
  });
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
