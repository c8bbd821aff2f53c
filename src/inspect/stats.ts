/**
 * The heap in numbers. All but the live bytes stand in words that are kept up to date, so they are read in one hold of
 * the lock, or without it where an approximation will do; live bytes are counted in a walk.
 */
import { Guarded } from '../layout/regions.ts';
import type { SlabTable } from '../slab/slab-table.ts';
import type { ThreadSlots } from '../sync/thread-slots.ts';
import type { BlockTable } from '../table/block-table.ts';
import type { LockedTable } from '../table/locked-table.ts';
import { liveBytesOf } from './walk.ts';

/** How `stats` is asked. */
export interface StatsOptions {
  /** Leaves out what takes time that grows with the heap, and takes no lock. Default: false. */
  readonly quick?: boolean;
}

/** What `stats({ quick: true })` returns. Sizes in bytes. */
export interface QuickStats {
  /** Under management now. */
  readonly byteLength: number;
  /** Bookkeeping at the front of the buffer, laid out for the greatest size; untouched pages take no memory. */
  readonly metadataBytes: number;
  /** Taken from the table. */
  readonly usedBytes: number;
  /** Greatest `usedBytes` so far. */
  readonly peakUsedBytes: number;
  /** `byteLength` − `usedBytes`. */
  readonly freeBytes: number;
  readonly freeRuns: number;
  readonly largestFreeRun: number;
  /** 1 − `largestFreeRun` / `freeBytes`; 0 when nothing is free. */
  readonly externalFragmentation: number;
  /** Threads attached; with `quick`, those included whose deaths nobody has noticed yet. */
  readonly threads: number;
  /** Acquisitions of the lock that had to wait. */
  readonly lockWaits: number;
  /** Acquisitions from an owner that was dead or had not finished. */
  readonly lockSeizures: number;
}

/** What `stats()` returns. Sizes in bytes. */
export interface HeapStats extends QuickStats {
  /** Usable bytes of live blocks. */
  readonly liveBytes: number;
}

/**
 * All of it. Exact when no other thread is inside a call, also after deaths: whoever takes the lock repairs what the dead
 * left, and only threads that live are counted.
 */
export function statsOf(locked: LockedTable, slots: ThreadSlots, slabs?: SlabTable): HeapStats {
  const threads = slots.livingCount();
  const liveBytes = slabs && liveBytesOf(locked, slabs);
  const stats = locked.run(quickStatsOf, slots);
  return { ...stats, threads, liveBytes: liveBytes ?? stats.usedBytes };
}

/** Without the lock: what others do at the same time may show in one number and not yet in another. */
export function quickStatsOf({ layout, free }: BlockTable, slots: ThreadSlots): QuickStats {
  const guarded = (word: number) => Atomics.load(layout.words, word);
  const byteLength = layout.bytesOf(guarded(Guarded.UNIT_COUNT));
  const usedBytes = layout.bytesOf(guarded(Guarded.USED_UNITS));
  const freeBytes = byteLength - usedBytes;
  const largestFreeRun = layout.bytesOf(free.tree.longest());
  return {
    byteLength,
    metadataBytes: layout.base,
    usedBytes,
    peakUsedBytes: layout.bytesOf(guarded(Guarded.PEAK_USED_UNITS)),
    freeBytes,
    freeRuns: guarded(Guarded.FREE_RUNS),
    largestFreeRun,
    externalFragmentation: externalFragmentation(freeBytes, largestFreeRun),
    threads: slots.claimedCount(),
    lockWaits: guarded(Guarded.LOCK_WAITS),
    lockSeizures: guarded(Guarded.LOCK_SEIZURES),
  };
}

/** What `HeapStats` calls so. The two numbers may be of different moments, so the rest is never taken to be below 0. */
export function externalFragmentation(freeBytes: number, largestFreeRun: number): number {
  return freeBytes <= 0 ? 0 : Math.max(0, 1 - largestFreeRun / freeBytes);
}
