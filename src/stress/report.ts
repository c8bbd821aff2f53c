/**
 * What a stress run found out, as plain data: the tables show it and `--json` prints it as it is.
 */
import type { Latencies } from './latency.ts';
import type { Violation } from './violation.ts';

/** One trace or workload, done for some rounds. */
export interface RunReport {
  readonly kind: 'trace' | 'workload';
  readonly name: string;
  /** Streams at work at once, each a thread of its own. */
  readonly threads: number;
  /** Of a trace, replayed side by side. */
  readonly copies: number;
  readonly rounds: number;
  readonly operations: number;
  /** While the workers were at work, without what lies between the rounds. */
  readonly seconds: number;
  readonly operationsPerSecond: number;
  /** Bytes as requested, of all copies. */
  readonly peakLiveBytes: number;
  /** Bytes as taken by the heap. */
  readonly peakUsedBytes: number;
  /** What the heap managed in the end; it may have grown. */
  readonly byteLength: number;
  /** 1 − peakLiveBytes / peakUsedBytes: the share of the used memory that nobody asked for. */
  readonly internalFragmentation: number;
  /** 1 − largest free run / all free bytes, when the heap was at its fullest as far as was seen; the worst of all rounds. */
  readonly externalFragmentation: number;
  readonly lockWaits: number;
  readonly lockSeizures: number;
  readonly latencies: Latencies;
  readonly violations: number;
  readonly firstViolations: readonly Violation[];
}

export interface StressReport {
  readonly verdict: 'held' | 'violated';
  readonly operations: number;
  readonly violations: number;
  /** Workers that were killed on purpose. */
  readonly deaths: number;
  readonly seconds: number;
  readonly seed: number;
  /** Repeats the run. */
  readonly command: string;
  readonly fit: string;
  readonly slabs: boolean;
  readonly node: string;
  readonly cpus: number;
  /** Whether it was ended before its time. */
  readonly interrupted: boolean;
  readonly runs: readonly RunReport[];
}
