/**
 * The table behind its lock: the one place that takes and releases it. Whoever acquires it and finds the last change
 * unfinished repairs first. Operations are plain functions with their arguments, so no closure is made per call.
 *
 * A table is open while its thread is attached. A closed one refuses everything, operations that wait for the lock
 * included, so that nothing which outlives an attachment can touch the heap.
 */
import { AllocatorError } from '../allocator-error.ts';
import type { Layout } from '../layout/layout.ts';
import { listening } from '../sync/heap-observer.ts';
import type { Cancellation, Spinlock } from '../sync/spinlock.ts';
import type { UserCode } from '../sync/user-code.ts';
import type { Fit } from '../fit/fit.ts';
import { BlockTable, type Repair } from './block-table.ts';

/** An operation that needs the lock, with the arguments that it takes besides the table. */
export type LockedOperation<Arguments extends unknown[], R> = (table: BlockTable, ...args: Arguments) => R;

/** Runs operations on the table under the lock. */
export class LockedTable {
  readonly #table: BlockTable;
  readonly #lock: Spinlock;
  /** Fits and livenesses of the user's: during their call the lock may be ours and must not be taken again. */
  readonly #userCode: UserCode;
  #isOpen = true;
  /** Raised with each closing, to tell waits from before it. */
  #closings = 0;

  constructor(layout: Layout, fit: Fit, lock: Spinlock, userCode: UserCode) {
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
   * Refuses everything from now on, with `DETACHED`. A lock that was left behind is released first, since a thread that
   * is out of the heap does not come back to it.
   *
   * @throws AllocatorError `REENTRANT`
   */
  close(): void {
    this.#userCode.refuse();
    try {
      if (this.#isOpen && this.#lock.isLeftBehind) this.repair();
    } finally {
      this.#isOpen = false;
      this.#closings++;
    }
  }

  /** @throws AllocatorError `DETACHED` or `REENTRANT` if no operation may run now */
  admit(): void {
    this.#userCode.refuse();
    if (!this.#isOpen) throw detachedError();
  }

  /** @throws AllocatorError `LOCK_TIMEOUT`, `DETACHED`, `REENTRANT`, or whatever `operation` throws */
  run<Arguments extends unknown[], R>(operation: LockedOperation<Arguments, R>, ...args: Arguments): R {
    this.admit();
    this.#acquire();
    return this.#runLocked(operation, ...args);
  }

  /** Runs `operation` if the lock is free right now; tells whether it was. */
  tryRun<Arguments extends unknown[]>(operation: LockedOperation<Arguments, void>, ...args: Arguments): boolean {
    if (this.#userCode.isRunning) return false;
    this.admit();
    if (!this.#lock.tryAcquire()) return false;
    listening.observer?.acquired(0);
    this.#runLocked(operation, ...args);
    return true;
  }

  /** Takes the lock, from a dead thread if need be, and repairs the table; says what there was to do. */
  repair(): { readonly lockSeized: boolean; readonly repair: Repair } {
    this.admit();
    const lockSeized = this.#lock.acquireOrSeize() === 'seized';
    listening.observer?.acquired(0);
    try {
      return { lockSeized, repair: this.#repairIfDirty() };
    } finally {
      this.#release();
    }
  }

  /** `run` for a thread that may not block; `signal` ends the wait, and so does closing. */
  async runAsync<Arguments extends unknown[], R>(
    signal: Cancellation | undefined,
    operation: LockedOperation<Arguments, R>,
    ...args: Arguments
  ): Promise<R> {
    this.admit();
    const started = listening.observer === undefined ? 0 : performance.now();
    const critical = (): R => {
      listening.observer?.acquired(performance.now() - started);
      return this.#runLocked(operation, ...args);
    };
    return this.#lock.acquireAsync(critical, this.#cancelledBy(signal));
  }

  /** The user's signal comes first: what it does to this heap must be seen after it. */
  #cancelledBy(signal: Cancellation | undefined): Cancellation {
    const closings = this.#closings;
    return {
      throwIfAborted: () => {
        signal?.throwIfAborted();
        if (this.#closings !== closings) throw detachedError();
        this.admit();
      },
    };
  }

  #acquire(): void {
    const { observer } = listening;
    if (observer === undefined) return void this.#lock.acquire();
    const isFree = this.#lock.tryAcquire();
    const started = isFree ? 0 : performance.now();
    if (!isFree) this.#lock.acquire();
    observer.acquired(isFree ? 0 : performance.now() - started);
  }

  #release(): void {
    listening.observer?.releasing();
    this.#lock.release();
  }

  #runLocked<Arguments extends unknown[], R>(operation: LockedOperation<Arguments, R>, ...args: Arguments): R {
    try {
      this.#repairIfDirty();
      return operation(this.#table, ...args);
    } finally {
      this.#release();
    }
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
