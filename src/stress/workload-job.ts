/**
 * A synthetic workload as a job. Every generation of every thread is a Worker of its own, started for it and ended after
 * it, so that a heap sees threads come and go; a last one sweeps up.
 */
import { StopReason } from './control.ts';
import type { Job, RoundSetup } from './job.ts';
import type { StreamOutcome } from './stream-outcome.ts';
import type { Violation } from './violation.ts';
import type { WorkloadTask } from './workload-task.ts';
import type { Workload } from './workload.ts';

export class WorkloadJob implements Job {
  readonly kind = 'workload';
  readonly name: string;
  readonly streamCount: number;
  readonly copies = 1;
  /** For the inspection alone. */
  readonly pooledThreads = 1;
  readonly demandBytes: number;
  readonly footprintBytes: number | undefined;
  readonly operationsPerRound = undefined;
  readonly #workload: Workload;
  #slots = new SharedArrayBuffer(0);
  #words = new SharedArrayBuffer(0);

  constructor(workload: Workload, threads: number) {
    this.#workload = workload;
    this.name = workload.name;
    this.streamCount = workload.threads(threads);
    this.demandBytes = workload.demandBytes(this.streamCount);
    this.footprintBytes = workload.footprintBytes?.(this.streamCount);
  }

  begin(setup: RoundSetup): Promise<StreamOutcome[]>[] {
    this.#slots = new SharedArrayBuffer(this.#workload.slotCount(this.streamCount) * 4);
    this.#words = new SharedArrayBuffer(this.#workload.wordCount(this.streamCount) * 4);
    return Array.from({ length: this.streamCount }, (_, stream) => this.#liveThrough(stream, setup));
  }

  async end(setup: RoundSetup): Promise<readonly Violation[]> {
    const outcome = await setup.pool.runFresh(this.#task(setup, { stream: 0, generation: 0, isSweep: true }));
    return outcome.violations;
  }

  /** One thread after the other in the place of a stream. */
  async #liveThrough(stream: number, setup: RoundSetup): Promise<StreamOutcome[]> {
    const { control, pool, deadlineMs } = setup;
    const outcomes: StreamOutcome[] = [];
    for (let generation = 0; generation < this.#workload.generations; generation++) {
      const isOver = performance.now() > deadlineMs || control.stopReason !== StopReason.NONE;
      if (generation > 0 && isOver) break;
      // A successor starts when its predecessor has ended.
      // oxlint-disable-next-line no-await-in-loop
      outcomes.push(await pool.runFresh(this.#task(setup, { stream, generation, isSweep: false })));
    }
    control.finish(stream);
    return outcomes;
  }

  #task(setup: RoundSetup, part: Pick<WorkloadTask, 'stream' | 'generation' | 'isSweep'>): WorkloadTask {
    const { name, streamCount: threads } = this;
    return { ...setup.task, ...part, workload: name, threads, slots: this.#slots, words: this.#words };
  }
}
