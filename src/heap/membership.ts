/**
 * One thread's membership in one heap: its thread slot, its lock, its view of the table, its slabs. All that a thread
 * does to the heap's blocks goes through here. Without reference to the manager in front of it, so that a manager
 * which nobody holds any more can be collected and its slot be freed.
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
import { KnownDeaths } from '../web-locks/known-deaths.ts';
import { webLocksLiveness } from '../web-locks/web-locks-liveness.ts';
import { ThreadSlots } from '../sync/thread-slots.ts';
import type { UserCode } from '../sync/user-code.ts';
import { atomicsWaiting } from '../sync/waiting.ts';
import { LockedTable } from '../table/locked-table.ts';
import type { BlockTable } from '../table/block-table.ts';
import { SlabTable } from '../slab/slab-table.ts';
import { deriveStarts } from '../slab/slab-supply.ts';
import { ThreadSlabs } from '../slab/thread-slabs.ts';
import { BlockBytes } from './block-bytes.ts';
import { Errands } from './errands.ts';
import { GuardedLiveness } from './guarded-liveness.ts';
import { Locator } from './locator.ts';
import type { Member } from './member.ts';

/** What a membership needs besides the memory. */
export interface MemberOptions {
  readonly fit: Fit;
  /** Undefined: what the platform knows. */
  readonly liveness: Liveness | undefined;
  /** What runs inside the heap of the code that `fit` and `liveness` are. */
  readonly userCode: UserCode;
}

/** What a thread has of a heap while it is attached. */
export class Membership implements Member {
  readonly layout: Layout;
  readonly slots: ThreadSlots;
  readonly locked: LockedTable;
  /** Undefined in a heap without slabs. */
  readonly slabs: ThreadSlabs | undefined;
  readonly locator: Locator;
  readonly bytes: BlockBytes;
  readonly errands: Errands;
  /** The word by which the heap knows this thread. */
  readonly owner: OwnerWord;
  /** What is done here so that deaths become known. */
  readonly deaths: KnownDeaths;
  readonly #answering: Answering;

  private constructor(layout: Layout, { fit, liveness, userCode }: MemberOptions) {
    const known =
      liveness === undefined ? (webLocksLiveness() ?? platformLiveness()) : new GuardedLiveness(liveness, userCode);
    this.layout = layout;
    this.slots = new ThreadSlots(layout, known);
    this.owner = this.slots.claim(checkedIdentity(known.self()));
    this.deaths = new KnownDeaths(known, this.slots, this.owner);
    const lock = heapLock(layout, this.slots, this.owner);
    this.#answering = new Answering(this.slots, this.owner, lock);
    this.locked = new LockedTable(layout, fit, lock, userCode);
    if (layout.unitBytes === SLAB_UNIT_BYTES) {
      this.slabs = new ThreadSlabs(new SlabTable(layout), this.locked, this.owner);
      deriveStartsOnRepair(this.locked.table, this.slabs.table);
    }
    this.locator = new Locator(this.locked.table, this.slabs?.table);
    this.bytes = new BlockBytes(layout.buffer);
    this.errands = new Errands(this);
  }

  /** Becomes the first member of a new heap, which gets its first units under management. */
  static found(layout: Layout, options: MemberOptions, unitCount: number): Membership {
    const member = new Membership(layout, options);
    member.#begin(() => member.locked.run(extendLocked, unitCount));
    member.deaths.start();
    member.#answering.start();
    return member;
  }

  /** Becomes a member of a heap that exists. `answers`: whether the thread gives back a lock that it holds without knowing. */
  static join(layout: Layout, options: MemberOptions, answers: boolean): Membership {
    const member = new Membership(layout, options);
    member.#begin(() => member.slabs?.adopt(member.slots));
    member.deaths.start();
    if (answers) member.#answering.start();
    return member;
  }

  /** Keeps no thread slot if what a member begins with fails. */
  #begin(first: () => unknown): void {
    try {
      first();
    } catch (error) {
      this.leaveWithoutLock();
      throw error;
    }
  }

  get table(): BlockTable {
    return this.locked.table;
  }

  /**
   * Leaves the heap, if it has not; blocks stay allocated, slabs go to whoever adopts them.
   *
   * @throws AllocatorError `LOCK_TIMEOUT` (the thread has left all the same) or `REENTRANT` (it has not)
   */
  leave(): void {
    if (!this.locked.isOpen) return;
    try {
      this.locked.admit();
      this.errands.cancel();
      this.slabs?.abandon();
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

function deriveStartsOnRepair(table: BlockTable, slabs: SlabTable): void {
  table.deriveAlso((repaired) => deriveStarts(repaired, slabs));
}

function extendLocked(table: BlockTable, unitCount: number): void {
  table.extend(unitCount);
}

function checkedIdentity(identity: number): number {
  if (Number.isInteger(identity) && identity >= 1 && identity < IDENTITY_LIMIT) return identity;
  throw new AllocatorError(
    'BAD_OPTION',
    `liveness.self() must return a whole number from 1 to ${IDENTITY_LIMIT - 1}, got ${shown(identity)}`,
  );
}
