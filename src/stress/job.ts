/**
 * Something to stress a heap with, as the main thread sees it: a trace or a synthetic workload. A job knows its threads
 * and what they demand of a heap; a round asks it to set them to work.
 */
import type { HeapHandle } from '../index.ts';
import type { Control } from './control.ts';
import type { Histograms } from './latency.ts';
import type { StreamOutcome } from './stream-outcome.ts';
import type { Violation } from './violation.ts';
import type { WorkerPool } from './worker-pool.ts';

/** What can be broken on purpose, to see that a run would notice. */
export type Fault = 'lock';

/** What every worker of a round gets, structured-cloneable. */
export interface RoundTask {
  readonly handle: HeapHandle;
  readonly fault: Fault | undefined;
  readonly control: SharedArrayBuffer;
  /** Who owns which granule of the heap, and how large the block is that starts there. */
  readonly shadow: SharedArrayBuffer;
  readonly sizes: SharedArrayBuffer;
  readonly histograms: Histograms;
  readonly seed: number;
}

/** One round, from the main thread's side. */
export interface RoundSetup {
  readonly task: RoundTask;
  readonly control: Control;
  readonly pool: WorkerPool;
  /** On the clock of `performance.now()`: after that no thread is replaced by another. */
  readonly deadlineMs: number;
}

export interface Job {
  readonly kind: 'trace' | 'workload';
  readonly name: string;
  /** Streams of work that go on at once, each on a thread of its own. */
  readonly streamCount: number;
  /** How often the same work is done side by side. */
  readonly copies: number;
  /** Threads that the pool has to have for the streams. */
  readonly pooledThreads: number;
  /** What can be live at once. */
  readonly demandBytes: number;
  /** What the heap may use at most, where that is a promise. */
  readonly footprintBytes: number | undefined;
  /** Operations of one round; undefined where that depends on how it goes. */
  readonly operationsPerRound: number | undefined;
  /** Sets all streams to work. What becomes of stream i is the i-th promise; one that is rejected has died. */
  begin(setup: RoundSetup): Promise<StreamOutcome[]>[];
  /** Frees what is left, after all streams have ended. */
  end(setup: RoundSetup): Promise<readonly Violation[]>;
}
