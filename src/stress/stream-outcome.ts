import type { HeapStats } from '../index.ts';
import type { Violation } from './violation.ts';

/** What a worker has to tell when its part of a round is over. */
export interface StreamOutcome {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** The first few. */
  readonly violations: readonly Violation[];
  /** Of the heap at its fullest, from the one worker that looks. */
  readonly sample: HeapStats | undefined;
}
