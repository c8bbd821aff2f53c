/**
 * The heap in numbers: exact when nobody works, approximate while others do.
 */
import { Guarded } from '../layout/regions.ts';
import type { ThreadSlots } from '../sync/thread-slots.ts';
import type { BlockTable } from '../table/block-table.ts';

/** What `stats()` returns. Sizes in bytes. */
export interface HeapStats {
  /** Under management now. */
  readonly byteLength: number;
  /** Bookkeeping at the front of the buffer, laid out for the greatest size; untouched pages take no memory. */
  readonly metadataBytes: number;
  /** Usable bytes of live blocks. */
  readonly liveBytes: number;
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
  /** Threads attached. */
  readonly threads: number;
  /** Acquisitions of the lock that had to wait. */
  readonly lockWaits: number;
  /** Acquisitions from an owner that was dead or had not finished. */
  readonly lockSeizures: number;
}

/** Collects the statistics of a heap; `liveBytes` is known already where it differs from the used bytes. */
export function statsOf({ layout, free }: BlockTable, slots: ThreadSlots, liveBytes?: number): HeapStats {
  const guarded = (word: number) => Atomics.load(layout.words, word);
  const byteLength = layout.bytesOf(guarded(Guarded.UNIT_COUNT));
  const usedBytes = layout.bytesOf(guarded(Guarded.USED_UNITS));
  const freeBytes = byteLength - usedBytes;
  const largestFreeRun = layout.bytesOf(free.tree.longest());
  return {
    byteLength,
    metadataBytes: layout.base,
    liveBytes: liveBytes ?? usedBytes,
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
