/**
 * The threads that stress a heap: a piscina pool in which every task has a thread of its own, because the tasks of a
 * round wait for each other; and threads that are started for one task and end with it.
 *
 * A pool serves many rounds. When a worker hangs, all are destroyed: `terminate` ends a thread wherever it is.
 */
import { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { HeapHandle } from '../index.ts';
import type { Inspection, ReplayTask } from './replay-task.ts';
import type { StreamOutcome } from './stream-outcome.ts';
import type { WorkloadTask } from './workload-task.ts';

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const replayWorker = new URL(`../../workers/replay-worker${extension}`, import.meta.url);
const workloadWorker = new URL(`../../workers/workload-worker${extension}`, import.meta.url);
const typescriptLoader = new URL('../../workers/typescript-loader.mjs', import.meta.url);

/** Sources need a loader where Node does not strip types itself. */
const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript);
const execArgv = extension === '.ts' && !stripsTypes ? ['--import', typescriptLoader.href] : [];

export class WorkerPool {
  readonly #piscina: Piscina;
  readonly #fresh = new Set<Worker>();
  #destroyed = false;

  constructor(threads: number) {
    this.#piscina = new Piscina({
      filename: replayWorker.href,
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Infinity,
      execArgv,
    });
    // A worker that dies without a task would be replaced for ever; destroying the pool rejects the tasks instead.
    this.#piscina.on('error', () => void this.destroy());
  }

  get destroyed(): boolean {
    return this.#destroyed;
  }

  /** Rejects when the worker died or the task could not even begin. */
  replay(task: ReplayTask): Promise<StreamOutcome> {
    return this.#piscina.run(task, { name: 'replayStream' }) as Promise<StreamOutcome>;
  }

  inspect(handle: HeapHandle): Promise<Inspection> {
    return this.#piscina.run(handle, { name: 'inspectHeap' }) as Promise<Inspection>;
  }

  /** Resolves when the thread that was started for the task has ended; rejects when it told nothing before. */
  runFresh(task: WorkloadTask): Promise<StreamOutcome> {
    if (this.#destroyed) return Promise.reject(new Error('the threads were terminated'));
    const worker = new Worker(workloadWorker, { workerData: task, execArgv });
    this.#fresh.add(worker);
    return new Promise((resolve, reject) => {
      let outcome: StreamOutcome | undefined;
      worker.on('message', (message: StreamOutcome) => (outcome = message));
      worker.on('error', reject);
      worker.on('exit', (code) => {
        this.#fresh.delete(worker);
        if (outcome === undefined) reject(new Error(`the thread ended with exit code ${code} and told nothing`));
        else resolve(outcome);
      });
    });
  }

  async destroy(): Promise<void> {
    this.#destroyed = true;
    await Promise.all([this.#piscina.destroy(), ...[...this.#fresh].map((worker) => worker.terminate())]);
  }
}
