/**
 * The table behind its lock: the one place that takes and releases it. Whoever acquires it and finds the last change
 * unfinished repairs first. Operations are plain functions with their arguments, so no closure is made per call.
 */
import { AllocatorError } from '../allocator-error.ts';
import { NO_UNIT, type Unit } from '../layout/units.ts';
import type { Layout } from '../layout/layout.ts';
import type { Cancellation, Spinlock } from '../sync/spinlock.ts';
import { CustomFit } from '../fit/fit-strategy.ts';
import type { Fit } from '../fit/fit.ts';
import { BlockTable, type Repair } from './block-table.ts';

/** An operation that needs the lock, with the arguments that it takes besides the table. */
export type LockedOperation<Arguments extends unknown[], R> = (table: BlockTable, ...args: Arguments) => R;

/** Runs operations on the table under the lock. */
export class LockedTable {
  readonly #table: BlockTable;
  readonly #lock: Spinlock;
  /** The user's strategy, if the heap has one: during its call the lock is ours and must not be taken again. */
  readonly #customFit: CustomFit | undefined;

  constructor(layout: Layout, fit: Fit, lock: Spinlock) {
    this.#table = new BlockTable(layout, fit);
    this.#lock = lock;
    this.#customFit = fit instanceof CustomFit ? fit : undefined;
  }

  /** The table for reads that need no lock. */
  get table(): BlockTable {
    return this.#table;
  }

  /** @throws AllocatorError `LOCK_TIMEOUT`, or whatever `operation` throws */
  run<Arguments extends unknown[], R>(operation: LockedOperation<Arguments, R>, ...args: Arguments): R {
    this.#refuseInsideFit();
    this.#lock.acquire();
    return this.#runLocked(operation, ...args);
  }

  /** Runs `operation` if the lock is free right now; tells whether it was. */
  tryRun<Arguments extends unknown[]>(operation: LockedOperation<Arguments, void>, ...args: Arguments): boolean {
    this.#refuseInsideFit();
    if (!this.#lock.tryAcquire()) return false;
    this.#runLocked(operation, ...args);
    return true;
  }

  /** Takes the lock, from a dead thread if need be, and repairs the table; says what there was to do. */
  repair(): { readonly lockSeized: boolean; readonly repair: Repair } {
    this.#refuseInsideFit();
    const lockSeized = this.#lock.acquireOrSeize() === 'seized';
    try {
      return { lockSeized, repair: this.#table.repairIfDirty() };
    } finally {
      this.#lock.release();
    }
  }

  /** `run` for a thread that may not block; `cancellation` ends the wait. */
  async runAsync<Arguments extends unknown[], R>(
    cancellation: Cancellation,
    operation: LockedOperation<Arguments, R>,
    ...args: Arguments
  ): Promise<R> {
    this.#refuseInsideFit();
    return this.#lock.acquireAsync(() => this.#runLocked(operation, ...args), cancellation);
  }

  #runLocked<Arguments extends unknown[], R>(operation: LockedOperation<Arguments, R>, ...args: Arguments): R {
    try {
      this.#table.repairIfDirty();
      return operation(this.#table, ...args);
    } finally {
      this.#lock.release();
    }
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
