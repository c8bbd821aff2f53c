/**
 * The table behind its lock: the one place that takes and releases it. Whoever acquires it and finds the last change
 * unfinished repairs first. Operations are plain functions with their arguments, so no closure is made per call.
 *
 * A table is open while its thread is attached. A closed one refuses everything, operations that wait for the lock
 * included, so that nothing which outlives an attachment can touch the heap.
 *
 * Taking and releasing stand in one function, and the release calls nothing but `Atomics`, which takes no room on the
 * stack: a call that overflows the stack leaves the lock free, however near the end it began. Only the waking may
 * fail, which costs sleepers a slice.
 */
import { AllocatorError } from '../allocator-error.ts';
import { Guarded } from '../layout/regions.ts';
import type { Layout } from '../layout/layout.ts';
import { requireHeadroom } from '../sync/headroom.ts';
import { listening } from '../sync/heap-observer.ts';
import * as lockWord from '../sync/lock-word.ts';
import type { Acquisition, Cancellation, RobustLock } from '../sync/robust-lock.ts';
import type { UserCode } from '../sync/user-code.ts';
import type { Fit } from '../fit/fit.ts';
import { BlockTable, type Repair } from './block-table.ts';

// V8 folds a module's own constants into the code, but loads imported ones from a cell at each use.
const { FREE, NOBODY, RESERVED, WAITERS } = lockWord;

/** An operation that needs the lock, with the arguments that it takes besides the table. */
export type LockedOperation<Arguments extends unknown[], R> = (table: BlockTable, ...args: Arguments) => R;

/** Runs operations on the table under the lock. */
export class LockedTable {
  readonly #table: BlockTable;
  readonly #lock: RobustLock;
  /** Fits and livenesses of the user's: during their call the lock may be ours and must not be taken again. */
  readonly #userCode: UserCode;
  #isOpen = true;
  /** Raised with each closing, to tell waits from before it. */
  #closings = 0;

  constructor(layout: Layout, fit: Fit, lock: RobustLock, userCode: UserCode) {
    this.#table = new BlockTable(layout, fit);
    this.#lock = lock;
    this.#userCode = userCode;
  }

  /** The table for reads that need no lock. */
  get table(): BlockTable {
    return this.#table;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    this.#isOpen = true;
  }

  /**
   * Refuses everything from now on, with `DETACHED`. A lock that was left behind is given back, since a thread that is
   * out of the heap does not come back to it.
   *
   * @throws AllocatorError `REENTRANT`
   */
  close(): void {
    this.#userCode.refuse();
    if (this.#isOpen) this.#lock.release();
    this.#isOpen = false;
    this.#closings++;
  }

  /** @throws AllocatorError `DETACHED` or `REENTRANT` if no operation may run now */
  admit(): void {
    this.#userCode.refuse();
    if (!this.#isOpen) throw detachedError();
  }

  /** For who knows that no fit and no liveness is running: one that a `vm` timeout has cut off is over. */
  endUserCode(): void {
    this.#userCode.running = '';
  }

  /** @throws AllocatorError `LOCK_TIMEOUT`, `DETACHED`, `REENTRANT`, or whatever `operation` throws */
  run<Arguments extends unknown[], R>(operation: LockedOperation<Arguments, R>, ...args: Arguments): R {
    this.admit();
    const lock = this.#lock;
    const { observer } = listening;
    const started = observer === undefined ? 0 : performance.now();
    const acquisition = lock.acquire();
    try {
      if (acquisition !== 'acquired') this.#count(acquisition);
      observer?.acquired(acquisition === 'acquired' ? 0 : performance.now() - started);
      this.#repairIfDirty();
      return operation(this.#table, ...args);
    } finally {
      observer?.releasing();
      const { words, index, turn, own } = lock;
      if (Atomics.compareExchange(words, index, own, FREE) !== own) {
        const waitedFor = own | WAITERS;
        const left = Atomics.load(words, turn) === NOBODY ? FREE : RESERVED;
        try {
          if (Atomics.compareExchange(words, index, waitedFor, left) === waitedFor) lock.wake();
        } catch {
          // No room on the stack to wake anybody: the lock is free, and sleepers look again after a slice.
        }
      }
    }
  }

  /** Runs `operation` if the lock is free right now; tells whether it was. */
  tryRun<Arguments extends unknown[]>(operation: LockedOperation<Arguments, void>, ...args: Arguments): boolean {
    if (this.#userCode.isRunning) return false;
    this.admit();
    requireHeadroom();
    if (!this.#lock.tryAcquire()) return false;
    this.#runHeld('acquired', 0, operation, ...args);
    return true;
  }

  /** Takes the lock, from a dead thread if need be, and repairs the table; says what there was to do. */
  repair(): { readonly lockSeized: boolean; readonly repair: Repair } {
    this.admit();
    requireHeadroom();
    const acquisition = this.#lock.acquireOrSeize();
    try {
      if (acquisition !== 'acquired') this.#count(acquisition);
      listening.observer?.acquired(0);
      return { lockSeized: acquisition === 'seized', repair: this.#repairIfDirty() };
    } finally {
      listening.observer?.releasing();
      this.#lock.release();
    }
  }

  /** `run` for a thread that may not block; `signal` ends the wait, and so does closing. */
  async runAsync<Arguments extends unknown[], R>(
    signal: Cancellation | undefined,
    operation: LockedOperation<Arguments, R>,
    ...args: Arguments
  ): Promise<R> {
    this.admit();
    requireHeadroom();
    const started = listening.observer === undefined ? 0 : performance.now();
    return this.#lock.acquireAsync(
      (acquisition) => this.#runHeld(acquisition, started, operation, ...args),
      this.#cancelledBy(signal),
    );
  }

  /**
   * The user's signal comes first: what it does to this heap must be seen after it. When this is asked no fit is running:
   * at the call none was, and a wait goes on from an empty stack. So one that seems to be was cut off.
   */
  #cancelledBy(signal: Cancellation | undefined): Cancellation {
    const closings = this.#closings;
    return {
      throwIfAborted: () => {
        signal?.throwIfAborted();
        if (this.#closings !== closings) throw detachedError();
        this.endUserCode();
        this.admit();
      },
    };
  }

  /** The rest of `run`, for the paths that made sure of headroom. */
  #runHeld<Arguments extends unknown[], R>(
    acquisition: Acquisition,
    started: number,
    operation: LockedOperation<Arguments, R>,
    ...args: Arguments
  ): R {
    try {
      if (acquisition !== 'acquired') this.#count(acquisition);
      listening.observer?.acquired(acquisition === 'acquired' ? 0 : performance.now() - started);
      this.#repairIfDirty();
      return operation(this.#table, ...args);
    } finally {
      listening.observer?.releasing();
      this.#lock.release();
    }
  }

  #count(acquisition: Acquisition): void {
    const { words } = this.#table.layout;
    words[Guarded.LOCK_WAITS]++;
    if (acquisition === 'seized') words[Guarded.LOCK_SEIZURES]++;
  }

  #repairIfDirty(): Repair {
    const repair = this.#table.repairIfDirty();
    if (repair !== 'none') listening.observer?.rebuilt();
    return repair;
  }
}

export function detachedError(): AllocatorError {
  return new AllocatorError('DETACHED', 'this thread has detached from the heap; attach to it again');
}
