/**
 * A synthetic workload as a job. Every generation of every thread is a Worker of its own, started for it and ended after
 * it, or terminated in the midst of it, so that a heap sees threads come and go; a last one sweeps up.
 */
import { StopReason } from '../control/control.ts';
import type { Job, RoundSetup } from './job.ts';
import type { PoolSize } from '../threads/worker-pool.ts';
import type { StreamOutcome } from '../measures/stream-outcome.ts';
import type { WorkloadTask } from '../threads/workload-task.ts';
import type { Workload } from '../workloads/workload.ts';

/** Threads kept ready for each one that is at work, where they are terminated. */
const SPARES_PER_THREAD = 1;
const LEAST_SPARES = 4;

export class WorkloadJob implements Job {
  readonly kind = 'workload';
  readonly name: string;
  readonly streamCount: number;
  readonly copies = 1;
  readonly pool: PoolSize;
  readonly demandBytes: number;
  readonly heapBytes: number | undefined;
  readonly footprintBytes: number | undefined;
  readonly operationsPerRound = undefined;
  readonly kills: number;
  readonly #workload: Workload;
  #slots = new SharedArrayBuffer(0);
  #words = new SharedArrayBuffer(0);

  /** @param kills - how many threads are to be terminated, in all rounds together */
  constructor(workload: Workload, threads: number, kills = 0) {
    this.#workload = workload;
    this.name = workload.name;
    this.kills = kills;
    this.streamCount = workload.threads(threads);
    this.demandBytes = workload.demandBytes(this.streamCount);
    this.heapBytes = workload.heapBytes?.(this.streamCount);
    this.footprintBytes = workload.footprintBytes?.(this.streamCount);
    const spares = kills === 0 ? 0 : Math.max(LEAST_SPARES, this.streamCount * SPARES_PER_THREAD);
    this.pool = { threads: 0, spares };
  }

  begin(setup: RoundSetup): Promise<StreamOutcome[]>[] {
    this.#slots = new SharedArrayBuffer(this.#workload.slotCount(this.streamCount) * 4);
    this.#words = new SharedArrayBuffer(this.#workload.wordCount(this.streamCount) * 4);
    void setup.reaper?.reap(this.streamCount);
    return Array.from({ length: this.streamCount }, (_, stream) => this.#liveThrough(stream, setup));
  }

  /** One thread after the other in the place of a stream. */
  async #liveThrough(stream: number, setup: RoundSetup): Promise<StreamOutcome[]> {
    const outcomes: StreamOutcome[] = [];
    for (let generation = 0; this.#goesOn(generation, setup); generation++) {
      // A successor starts when its predecessor has ended.
      const outcome = await this.#live(stream, generation, setup);
      if (outcome === undefined) setup.reaper?.bury(stream);
      else outcomes.push(outcome);
    }
    setup.control.finish(stream);
    return outcomes;
  }

  #goesOn(generation: number, { control }: RoundSetup): boolean {
    if (generation === 0) return true;
    if (control.stopReason !== StopReason.NONE) return false;
    return control.isEndless || generation < this.#workload.generations;
  }

  /** Undefined when the thread was terminated. */
  async #live(stream: number, generation: number, setup: RoundSetup): Promise<StreamOutcome | undefined> {
    const thread = await setup.pool.freshThread();
    await setup.ready;
    setup.reaper?.seat(stream, thread);
    return thread.run(this.#task(setup, stream, generation), setup.onMap);
  }

  #task(setup: RoundSetup, stream: number, generation: number): WorkloadTask {
    const { name, streamCount: threads } = this;
    const place = { workload: name, stream, generation, threads, slots: this.#slots, words: this.#words };
    return { ...setup.task, ...place };
  }
}
