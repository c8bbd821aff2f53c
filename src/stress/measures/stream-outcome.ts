import type { Reading } from './gauge.ts';
import type { HeapMap } from '../results/stress-result.ts';
import type { Violation } from '../results/violation.ts';

/** What a worker has to tell when its part of a round is over. */
export interface StreamOutcome {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** The first few. */
  readonly violations: readonly Violation[];
  /** Of the heap at its fullest, from a worker that looks. */
  readonly sample: Reading | undefined;
  readonly map: HeapMap | undefined;
}
