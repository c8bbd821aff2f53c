/**
 * One thread's membership in one heap: all that it needs to work with blocks. Without reference to the manager in
 * front of it, so that a manager which nobody holds any more can be collected, and the membership after it.
 */
import { Header, Root } from '../layout/regions.ts';
import { byteOffsetOf, type WordIndex } from '../layout/units.ts';
import type { Layout } from '../layout/layout.ts';
import type { OwnerWord } from '../sync/owner-word.ts';
import type { ThreadSlots } from '../sync/thread-slots.ts';
import type { KnownDeaths } from '../web-locks/known-deaths.ts';
import type { BlockTable } from '../table/block-table.ts';
import type { LockedTable } from '../table/locked-table.ts';
import type { ThreadSlabs } from '../slab/thread-slabs.ts';
import { BlockBytes } from './block-bytes.ts';
import { Errands } from './errands.ts';
import { Locator } from './locator.ts';
import type { Member } from './member.ts';
import { Tenancy, type TenantOptions } from './tenancy.ts';

/** What a thread has of a heap. */
export class Membership implements Member {
  readonly layout: Layout;
  readonly tenancy: Tenancy;
  readonly options: TenantOptions;
  readonly slots: ThreadSlots;
  readonly locked: LockedTable;
  readonly slabs: ThreadSlabs | undefined;
  readonly locator: Locator;
  readonly bytes: BlockBytes;
  readonly errands: Errands;
  /** The users' word, at index 0. */
  readonly root: BigInt64Array<SharedArrayBuffer>;
  /** The random id of the heap, as a key. */
  readonly heapId: string;

  private constructor(layout: Layout, options: TenantOptions) {
    const tenancy = new Tenancy(layout, options);
    this.layout = layout;
    this.tenancy = tenancy;
    this.options = options;
    this.slots = tenancy.slots;
    this.locked = tenancy.locked;
    this.slabs = tenancy.slabs;
    this.locator = new Locator(tenancy.locked.table, tenancy.slabs?.table);
    this.bytes = new BlockBytes(layout.buffer);
    this.errands = new Errands(this);
    this.root = new BigInt64Array(layout.buffer, byteOffsetOf(Root.VALUE as WordIndex), 1);
    this.heapId = heapIdIn(layout.words);
  }

  /** Becomes the first member of a new heap, which gets its first units under management. */
  static found(layout: Layout, options: TenantOptions, unitCount: number): Membership {
    const member = new Membership(layout, options);
    member.#begin(() => member.locked.run(extendLocked, unitCount), true);
    return member;
  }

  /** Becomes a member of a heap that exists. `answers`: whether the thread gives back a lock that it holds without knowing. */
  static join(layout: Layout, options: TenantOptions, answers: boolean): Membership {
    const member = new Membership(layout, options);
    member.#begin(() => member.slabs?.adopt(member.slots), answers);
    return member;
  }

  /** Keeps no thread slot if what a member begins with fails. */
  #begin(first: () => unknown, answers: boolean): void {
    try {
      first();
      this.tenancy.start(answers);
    } catch (error) {
      this.leaveWithoutLock();
      throw error;
    }
  }

  /** Whether `buffer`, which has the header of this heap, is the same memory rather than a copy of it. */
  isIn(buffer: SharedArrayBuffer): boolean {
    return buffer === this.layout.buffer || this.tenancy.isIn(buffer);
  }

  /** The word by which the heap knows this thread. */
  get owner(): OwnerWord {
    return this.tenancy.owner;
  }

  /** What is done here so that deaths become known. */
  get deaths(): KnownDeaths {
    return this.tenancy.deaths;
  }

  get table(): BlockTable {
    return this.locked.table;
  }

  /**
   * Leaves the heap; blocks stay allocated, slabs go to whoever adopts them.
   *
   * @throws AllocatorError `LOCK_TIMEOUT` (the thread has left all the same) or `REENTRANT` (it has not)
   */
  leave(): void {
    if (this.locked.isOpen) this.locked.admit();
    try {
      this.errands.cancel();
    } finally {
      this.tenancy.leave();
    }
  }

  /** The same for a thread that must not wait: others find what is left behind. */
  leaveWithoutLock(): void {
    this.tenancy.leaveWithoutLock();
  }

  /** Leaves the heap for the time being, keeping slabs and thread slot until somebody needs them. Throws as `leave`. */
  linger(): void {
    this.locked.admit();
    try {
      this.errands.cancel();
    } finally {
      this.tenancy.linger();
    }
  }

  /** Comes back from lingering; false if somebody has needed what was kept, so that this membership is over. */
  resume(): boolean {
    return this.tenancy.resume();
  }
}

/** The random id of a heap as a key for maps, from the words of its header. */
export function heapIdIn(words: Int32Array): string {
  return `${words[Header.HEAP_ID]}:${words[Header.HEAP_ID + 1]}`;
}

function extendLocked(table: BlockTable, unitCount: number): void {
  table.extend(unitCount);
}
