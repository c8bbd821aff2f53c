/**
 * A lane: one contestant of a benchmark in threads of its own, so that what the engine learns about one contestant
 * (types at call sites, inlining, garbage) never slows another, and so that a contestant that throws or hangs takes
 * nobody along.
 *
 *   main thread   share() ─ open ──┬─ count ─▶ … ◀─ ns ─┬─ close
 *   worker 0               prepare │   barrier, run     │
 *   worker 1               prepare │   barrier, run     │       a round lasts from the first start to the last end
 */
import { Worker } from 'node:worker_threads';
import type { Contestant } from './contestant.ts';

/** Does `count` operations. Each lane has one, made in its own thread by its module's `prepare`. */
export type Round = (count: number) => void;

/** What the module of a lane exports. */
export interface LaneModule<Parameters, Shared> {
  /** Makes what the threads of the lane share, in the main thread. It is handed over by structured cloning. */
  share(parameters: Parameters): Shared | Promise<Shared>;
  prepare(parameters: Parameters, shared: Shared, thread: number): Round | Promise<Round>;
}

/** How a lane is opened. */
export interface LaneOptions<Parameters> {
  readonly module: URL;
  readonly parameters: Parameters;
  readonly threads: number;
}

/** What a worker of a lane is started with. */
export interface LaneStart {
  readonly module: string;
  readonly parameters: unknown;
  readonly shared: unknown;
  readonly thread: number;
  /** `[arrivals]`: each round starts when all threads have arrived. */
  readonly barrier: Int32Array;
  readonly threads: number;
}

/** When a worker's round began and ended, in nanoseconds of the clock that all threads share. */
export interface LaneSpan {
  readonly start: bigint;
  readonly end: bigint;
}

/** A worker's answer: its round's span, or what it failed with. */
export type LaneAnswer = LaneSpan | { readonly error: string };

const PATIENCE_MS = 60_000;

/** One contestant, ready to run rounds. */
export class Lane implements Contestant {
  readonly #workers: Worker[];

  private constructor(workers: Worker[]) {
    this.#workers = workers;
  }

  static async open<Parameters>({ module, parameters, threads }: LaneOptions<Parameters>): Promise<Lane> {
    const entry = (await import(module.href)) as LaneModule<Parameters, unknown>;
    const shared = await entry.share(parameters);
    const barrier = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const workers = Array.from({ length: threads }, (_, thread) => {
      const workerData: LaneStart = { module: module.href, parameters, shared, thread, barrier, threads };
      return new Worker(new URL('lane-worker.js', import.meta.url), { workerData });
    });
    const lane = new Lane(workers);
    await lane.run(0);
    return lane;
  }

  /** Runs `count` operations in every thread at once. */
  async run(count: number): Promise<number> {
    const answers = Promise.all(this.#workers.map((worker) => spanOf(worker)));
    for (const worker of this.#workers) worker.postMessage(count);
    const spans = await answers;
    const start = spans.reduce((earliest, span) => (span.start < earliest ? span.start : earliest), spans[0].start);
    const end = spans.reduce((latest, span) => (span.end > latest ? span.end : latest), spans[0].end);
    return Number(end - start);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function spanOf(worker: Worker): Promise<LaneSpan> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle({ error: `no answer within ${PATIENCE_MS / 1000} s` }), PATIENCE_MS);
    const onError = (error: Error) => settle({ error: error.message });
    const onExit = () => settle({ error: 'its thread ended' });
    const settle = (answer: LaneAnswer) => {
      clearTimeout(timer);
      worker.off('message', settle).off('error', onError).off('exit', onExit);
      if ('error' in answer) reject(new Error(answer.error));
      else resolve(answer);
    };
    worker.on('message', settle).on('error', onError).on('exit', onExit);
  });
}
