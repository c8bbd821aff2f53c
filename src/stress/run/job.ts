/**
 * Something to stress a heap with, as the main thread sees it: a trace or a synthetic workload. A job knows its threads
 * and what they demand of a heap; a round asks it to set them to work.
 */
import type { Control } from '../control/control.ts';
import type { HeapMap } from '../results/stress-result.ts';
import type { Reaper } from '../threads/reaper.ts';
import type { RoundTask } from '../threads/round-task.ts';
import type { StreamOutcome } from '../measures/stream-outcome.ts';
import type { PoolSize, WorkerPool } from '../threads/worker-pool.ts';

/** One round, from the main thread's side. */
export interface RoundSetup {
  readonly task: RoundTask;
  readonly control: Control;
  readonly pool: WorkerPool;
  /** When the sweeper is attached: streams start after it. Rejects when it died. */
  readonly ready: Promise<unknown>;
  /** Terminates the job's threads; undefined when they are to live. */
  readonly reaper: Reaper | undefined;
  /** Hears of maps of the heap that were taken on the way. */
  readonly onMap: (map: HeapMap) => void;
}

export interface Job {
  readonly kind: 'trace' | 'workload';
  readonly name: string;
  /** Streams of work that go on at once, each on a thread of its own. */
  readonly streamCount: number;
  /** How often the same work is done side by side. */
  readonly copies: number;
  /** The threads that the streams need. */
  readonly pool: PoolSize;
  /** Threads to be terminated, in all rounds together. */
  readonly kills: number;
  /** What can be live at once. */
  readonly demandBytes: number;
  /** The heap's size where the job needs one of just that; else it follows from the demand. */
  readonly heapBytes: number | undefined;
  /** What the heap may use at most, where that is a promise. */
  readonly footprintBytes: number | undefined;
  /** Operations of one round; undefined where that depends on how it goes. */
  readonly operationsPerRound: number | undefined;
  /** Sets all streams to work. What becomes of stream i is the i-th promise; one that is rejected has died. */
  begin(setup: RoundSetup): Promise<StreamOutcome[]>[];
}
