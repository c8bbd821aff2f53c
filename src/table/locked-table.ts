/**
 * The table behind its lock: the one place that takes and releases it. Whoever acquires it and finds the last change
 * unfinished repairs first. Operations are plain functions with their arguments, so no closure is made per call.
 *
 * Taking and releasing stand in one function, and the release calls nothing but `Atomics`, which takes no room on the
 * stack: a call that overflows the stack leaves the lock free, however near the end it began. Only the waking may
 * fail, which costs sleepers a slice.
 */
import { AllocatorError } from '../allocator-error.ts';
import { Guarded } from '../layout/regions.ts';
import { NO_UNIT, type Unit } from '../layout/units.ts';
import type { Layout } from '../layout/layout.ts';
import { requireHeadroom } from '../sync/headroom.ts';
import * as lockWord from '../sync/lock-word.ts';
import type { Acquisition, RobustLock } from '../sync/robust-lock.ts';
import { CustomFit } from '../fit/fit-strategy.ts';
import type { Fit } from '../fit/fit.ts';
import { BlockTable, type Repair } from './block-table.ts';

// V8 folds a module's own constants into the code, but loads imported ones from a cell at each use.
const { FREE, NOBODY, RESERVED, WAITERS } = lockWord;

/** An operation that needs the lock. Arguments that it does not use are passed as 0. */
export type LockedOperation<A, B, C, R> = (table: BlockTable, first: A, second: B, third: C) => R;

/** Runs operations on the table under the lock. */
export class LockedTable {
  readonly #table: BlockTable;
  readonly #lock: RobustLock;
  /** The user's strategy, if the heap has one: during its call the lock is ours and must not be taken again. */
  readonly #customFit: CustomFit | undefined;

  constructor(layout: Layout, fit: Fit, lock: RobustLock) {
    this.#table = new BlockTable(layout, fit);
    this.#lock = lock;
    this.#customFit = fit instanceof CustomFit ? fit : undefined;
  }

  /** The table for reads that need no lock. */
  get table(): BlockTable {
    return this.#table;
  }

  /** @throws AllocatorError `LOCK_TIMEOUT`, or whatever `operation` throws */
  run<A, B, C, R>(operation: LockedOperation<A, B, C, R>, first: A, second: B, third: C): R {
    this.#refuseInsideFit();
    const lock = this.#lock;
    const acquisition = lock.acquire();
    try {
      if (acquisition !== 'acquired') this.#count(acquisition);
      this.#table.repairIfDirty();
      return operation(this.#table, first, second, third);
    } finally {
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
  tryRun<A, B, C>(operation: LockedOperation<A, B, C, void>, first: A, second: B, third: C): boolean {
    this.#refuseInsideFit();
    requireHeadroom();
    if (!this.#lock.tryAcquire()) return false;
    this.#runHeld('acquired', operation, first, second, third);
    return true;
  }

  /** Takes the lock, from a dead thread if need be, and repairs the table; says what there was to do. */
  repair(): { readonly lockSeized: boolean; readonly repair: Repair } {
    this.#refuseInsideFit();
    requireHeadroom();
    const acquisition = this.#lock.acquireOrSeize();
    try {
      if (acquisition !== 'acquired') this.#count(acquisition);
      return { lockSeized: acquisition === 'seized', repair: this.#table.repairIfDirty() };
    } finally {
      this.#lock.release();
    }
  }

  /** `run` for a thread that may not block. */
  async runAsync<A, B, C, R>(
    operation: LockedOperation<A, B, C, R>,
    first: A,
    second: B,
    third: C,
    signal: AbortSignal,
  ): Promise<R> {
    this.#refuseInsideFit();
    requireHeadroom();
    return this.#lock.acquireAsync(
      (acquisition) => this.#runHeld(acquisition, operation, first, second, third),
      signal,
    );
  }

  /** The rest of `run`, for the paths that made sure of headroom. */
  #runHeld<A, B, C, R>(
    acquisition: Acquisition,
    operation: LockedOperation<A, B, C, R>,
    first: A,
    second: B,
    third: C,
  ): R {
    try {
      if (acquisition !== 'acquired') this.#count(acquisition);
      this.#table.repairIfDirty();
      return operation(this.#table, first, second, third);
    } finally {
      this.#lock.release();
    }
  }

  #count(acquisition: Acquisition): void {
    const { words } = this.#table.layout;
    words[Guarded.LOCK_WAITS]++;
    if (acquisition === 'seized') words[Guarded.LOCK_SEIZURES]++;
  }

  #refuseInsideFit(): void {
    if (this.#customFit?.isChoosing !== true) return;
    throw new AllocatorError('UNSUPPORTED', `fit '${this.#customFit.name}' called the heap while it was choosing`);
  }
}

/** Takes a block, growing the memory if that is what it needs. */
export function takeLocked(table: BlockTable, unitCount: number, alignment: number): Unit {
  const block = table.take(unitCount, alignment);
  if (block !== NO_UNIT || !growLocked(table, unitCount, unitCount + alignment - 1)) return block;
  return table.take(unitCount, alignment);
}

/** Resizes the block at the end of the memory in place by growing the memory. */
export function resizeAtEndLocked(table: BlockTable, block: Unit, unitCount: number): boolean {
  const end = block + table.map.unitsAt(block);
  const added = unitCount - (end - block);
  return end === table.tail && growLocked(table, added, added) && table.resize(block, unitCount);
}

/**
 * Grows the memory to twice its size or by what is missing for `desired` units at its end, within the limit; false
 * if even `required` units would not fit then, or the engine has no more memory.
 */
export function growLocked(table: BlockTable, required: number, desired: number): boolean {
  const { layout, unitCount, tail } = table;
  if (tail + required > layout.unitLimit) return false;
  const target = Math.min(layout.unitLimit, Math.max(2 * unitCount, tail + desired));
  if (target === unitCount || !reserve(layout, layout.base + layout.bytesOf(target))) return false;
  table.extend(target);
  return true;
}

/** A thread that died during a growth may have left the buffer longer than the memory under management. */
function reserve({ buffer }: Layout, byteLength: number): boolean {
  if (buffer.byteLength >= byteLength) return true;
  try {
    buffer.grow(byteLength);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
