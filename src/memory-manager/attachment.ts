/**
 * One thread's membership in one heap: its thread slot, its lock, its view of the table. Without reference to the
 * manager in front of it, so that a manager which nobody holds any more can be collected and its slot be freed.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import { Header, SLAB_UNIT_BYTES } from '../layout/regions.ts';
import type { Unit } from '../layout/units.ts';
import { Layout } from '../layout/layout.ts';
import { builtInFit, type Fit } from '../fit/fit.ts';
import { CustomFit, type FitStrategy } from '../fit/fit-strategy.ts';
import { IDENTITY_LIMIT, platformLiveness, type Liveness } from '../sync/liveness.ts';
import { Spinlock } from '../sync/spinlock.ts';
import { ThreadSlots, type OwnerWord } from '../sync/thread-slots.ts';
import { LockedTable, takeLocked } from '../table/locked-table.ts';
import type { BlockTable } from '../table/block-table.ts';
import { SlabTable } from '../slab/slab-table.ts';
import { deriveStarts } from '../slab/slab-supply.ts';
import { ThreadSlabs } from '../slab/thread-slabs.ts';
import { BlockLookup } from './block-lookup.ts';
import { createHeapBuffer, readFitName } from './heap-buffer.ts';
import type { AttachOptions, HeapParameters } from './options.ts';

/** What a thread has of a heap while it is attached. */
export class Attachment {
  readonly layout: Layout;
  readonly slots: ThreadSlots;
  readonly locked: LockedTable;
  /** Undefined in a heap without slabs. */
  readonly slabs: ThreadSlabs | undefined;
  readonly lookup: BlockLookup;
  /** The word by which the heap knows this thread. */
  readonly owner: OwnerWord;

  private constructor(layout: Layout, fit: Fit, liveness: Liveness = platformLiveness()) {
    requireIdentity(liveness.self());
    this.layout = layout;
    this.slots = new ThreadSlots(layout, liveness);
    this.owner = this.slots.claim();
    const lock = new Spinlock(layout, this.slots, this.owner, layout.words[Header.LOCK_TIMEOUT_MS]);
    this.locked = new LockedTable(layout, fit, lock);
    this.slabs =
      layout.unitBytes === SLAB_UNIT_BYTES
        ? new ThreadSlabs(new SlabTable(layout), this.locked, this.slots, this.owner)
        : undefined;
    if (this.slabs !== undefined) deriveStartsOnRepair(this.locked.table, this.slabs.table);
    this.lookup = new BlockLookup(this.locked.table, this.slabs?.table);
  }

  /** Makes a heap and attaches to it. */
  static create(parameters: HeapParameters): Attachment {
    const layout = new Layout(createHeapBuffer(parameters));
    const strategies = typeof parameters.fit === 'string' ? [] : [parameters.fit];
    const attachment = new Attachment(layout, fitOf(layout, strategies), parameters.liveness);
    attachment.locked.run(extendLocked, parameters.unitCount);
    return attachment;
  }

  /** Attaches to a heap that exists. */
  static open(layout: Layout, options: AttachOptions): Attachment {
    const attachment = new Attachment(layout, fitOf(layout, options.fits ?? []), options.liveness);
    attachment.slabs?.adopt();
    return attachment;
  }

  get table(): BlockTable {
    return this.locked.table;
  }

  /** Takes a block of the table; NO_UNIT when there is no memory. */
  takeBlock(unitCount: number, alignment: number): Unit {
    if (this.slabs !== undefined) return this.slabs.takeBlock(unitCount, alignment);
    return this.locked.run(takeLocked, unitCount, alignment);
  }

  /** The same for a thread that may not block. */
  takeBlockAsync(unitCount: number, alignment: number, signal: AbortSignal): Promise<Unit> {
    if (this.slabs !== undefined) return this.slabs.takeBlockAsync(unitCount, alignment, signal);
    return this.locked.runAsync(signal, takeLocked, unitCount, alignment);
  }

  /** Leaves the heap; blocks stay allocated, slabs go to whoever adopts them. */
  release(): void {
    try {
      this.slabs?.abandon();
    } finally {
      this.slots.release(this.owner);
    }
  }

  /** The same without the lock, for a thread that must not wait: others find what is left behind. */
  releaseWithoutLock(): void {
    this.slots.release(this.owner);
  }
}

function deriveStartsOnRepair(table: BlockTable, slabs: SlabTable): void {
  table.deriveAlso((repaired) => deriveStarts(repaired, slabs));
}

function extendLocked(table: BlockTable, unitCount: number): void {
  table.extend(unitCount);
}

function fitOf(layout: Layout, strategies: FitStrategy[]): Fit {
  const name = readFitName(layout);
  const strategy = strategies.find((candidate) => candidate.name === name);
  const fit = builtInFit(name) ?? (strategy && new CustomFit(strategy, layout));
  if (fit !== undefined) return fit;
  throw new AllocatorError('UNKNOWN_FIT', `the heap uses the fit ${shown(name)}; give it to attach in option fits`);
}

function requireIdentity(identity: number): void {
  if (Number.isInteger(identity) && identity >= 1 && identity < IDENTITY_LIMIT) return;
  throw new AllocatorError(
    'BAD_OPTION',
    `liveness.self() must return a whole number from 1 to ${IDENTITY_LIMIT - 1}, got ${shown(identity)}`,
  );
}
