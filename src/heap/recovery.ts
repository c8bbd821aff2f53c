/**
 * Looking after what dead threads left behind, on request. Most of it happens by itself: whoever needs the lock
 * seizes it and repairs the table, whoever needs memory adopts slabs.
 */
import type { Member } from './member.ts';

/** What one call of `recover` found and did. */
export interface RecoveryReport {
  /** Threads found dead since the last look, whose slots are free again. */
  readonly deadThreads: number;
  /** Whether the lock was taken from a dead thread. */
  readonly lockSeized: boolean;
  /** Whether a change of the table had been cut short, so that all that is derived was derived anew. */
  readonly tableRebuilt: boolean;
  /** Changes of the table that were cut short before they took effect, and never happened. */
  readonly operationsUndone: number;
  /** Changes of the table that were cut short after they took effect, and are whole now. */
  readonly operationsCompleted: number;
  /** Slabs that nobody allocated from, which this thread has now or which were empty and given back. */
  readonly slabsAdopted: number;
  /** Time taken, the wait for the lock included. */
  readonly milliseconds: number;
}

/** Finds the dead, repairs the table, adopts slabs, and gives back what is empty. */
export function recover({ slots, locked, slabs }: Member): RecoveryReport {
  locked.admit();
  const started = performance.now();
  const deadThreads = slots.releaseDead();
  const { lockSeized, repair } = locked.repair();
  const slabsAdopted = slabs?.reclaim(slots) ?? 0;
  return {
    deadThreads,
    lockSeized,
    tableRebuilt: repair !== 'none',
    operationsUndone: repair === 'undone' ? 1 : 0,
    operationsCompleted: repair === 'completed' ? 1 : 0,
    slabsAdopted,
    milliseconds: performance.now() - started,
  };
}
