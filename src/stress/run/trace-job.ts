/**
 * A trace as a job: each stream of its plan is one task for the pool.
 */
import { basename } from 'node:path';
import type { Job, RoundSetup } from './job.ts';
import { planTrace, type Plan } from '../traces/plan.ts';
import type { StreamTask } from '../traces/replayer.ts';
import type { StreamOutcome } from '../measures/stream-outcome.ts';
import type { Trace } from '../traces/trace.ts';
import type { PoolSize } from '../threads/worker-pool.ts';

export class TraceJob implements Job {
  readonly kind = 'trace';
  readonly name: string;
  readonly streamCount: number;
  readonly copies: number;
  readonly pool: PoolSize;
  /** A trace cannot go on without the threads that died. */
  readonly kills = 0;
  readonly demandBytes: number;
  readonly heapBytes = undefined;
  readonly footprintBytes = undefined;
  readonly operationsPerRound: number;
  readonly #plan: Plan;

  /** @param threads - how many streams to fill at least */
  constructor(trace: Trace, threads: number) {
    this.#plan = planTrace(trace, threads);
    this.name = basename(trace.name, '.trace.gz');
    this.copies = this.#plan.copies;
    this.streamCount = this.#plan.copies * this.#plan.streamsPerCopy;
    this.pool = { threads: this.streamCount, spares: 1 };
    this.demandBytes = this.#plan.demandBytes * this.copies;
    this.operationsPerRound = trace.operationCount * this.copies;
  }

  begin({ task, pool, ready }: RoundSetup): Promise<StreamOutcome[]>[] {
    const mailboxes = new SharedArrayBuffer(this.#plan.mailboxCount * this.copies * 4);
    return Array.from({ length: this.streamCount }, async (_, stream) => {
      await ready;
      return [await pool.replay({ ...task, stream: this.#streamTask(stream, mailboxes) })];
    });
  }

  #streamTask(stream: number, mailboxes: SharedArrayBuffer): StreamTask {
    const { trace, steps, streams, operationCounts, streamsPerCopy, mailboxCount } = this.#plan;
    const copy = Math.floor(stream / streamsPerCopy);
    const inCopy = stream % streamsPerCopy;
    return {
      steps,
      indices: streams[inCopy],
      mailboxes,
      operationCount: operationCounts[inCopy],
      objectCount: trace.objectCount,
      stream,
      firstStream: copy * streamsPerCopy,
      streamsPerCopy,
      firstMailbox: copy * mailboxCount,
      firstIdentity: copy * trace.objectCount + 1,
      sampleAt: stream === 0 ? trace.peakOperation : -1,
    };
  }
}
