/**
 * One thread's membership in one heap: its thread slot, its lock, its view of the table. Without reference to the
 * manager in front of it, so that a manager which nobody holds any more can be collected and its slot be freed.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import { Header } from '../layout/regions.ts';
import type { Layout } from '../layout/layout.ts';
import { builtInFit, type Fit } from '../fit/fit.ts';
import { CustomFit, type FitStrategy } from '../fit/fit-strategy.ts';
import { IDENTITY_LIMIT, platformLiveness, type Liveness } from '../sync/liveness.ts';
import { Spinlock } from '../sync/spinlock.ts';
import { ThreadSlots, type OwnerWord } from '../sync/thread-slots.ts';
import { LockedTable } from '../table/locked-table.ts';
import type { BlockTable } from '../table/block-table.ts';
import { createHeapBuffer, layoutOfHeap, readFitName } from './heap-buffer.ts';
import type { AttachOptions, HeapParameters } from './options.ts';

/** What a thread has of a heap while it is attached. */
export class Attachment {
  readonly layout: Layout;
  readonly slots: ThreadSlots;
  readonly locked: LockedTable;
  readonly #own: OwnerWord;

  private constructor(layout: Layout, fit: Fit, liveness: Liveness = platformLiveness()) {
    requireIdentity(liveness.self());
    this.layout = layout;
    this.slots = new ThreadSlots(layout, liveness);
    this.#own = this.slots.claim();
    const lock = new Spinlock(layout, this.slots, this.#own, layout.words[Header.LOCK_TIMEOUT_MS]);
    this.locked = new LockedTable(layout, fit, lock);
  }

  /** Makes a heap and attaches to it. */
  static create(parameters: HeapParameters): Attachment {
    const layout = layoutOfHeap(createHeapBuffer(parameters));
    const strategies = typeof parameters.fit === 'string' ? [] : [parameters.fit];
    const attachment = new Attachment(layout, fitOf(layout, strategies), parameters.liveness);
    attachment.locked.run(extendLocked, parameters.unitCount, 0);
    return attachment;
  }

  /** Attaches to a heap that exists. */
  static open(layout: Layout, options: AttachOptions): Attachment {
    return new Attachment(layout, fitOf(layout, options.fits ?? []), options.liveness);
  }

  get table(): BlockTable {
    return this.locked.table;
  }

  /** Leaves the heap; blocks stay allocated. */
  release(): void {
    this.slots.release(this.#own);
  }
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
