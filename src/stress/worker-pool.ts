/**
 * The threads that stress a heap: a piscina pool in which every task has a thread of its own, because the tasks of a
 * round wait for each other.
 *
 * A pool serves many rounds. Once a worker hangs or a fault was put into it, the pool is destroyed: `terminate` ends a
 * thread wherever it is.
 */
import { Piscina } from 'piscina';
import type { HeapHandle } from '../index.ts';
import type { Inspection, ReplayTask } from './replay-task.ts';
import type { StreamOutcome } from './replayer.ts';

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const worker = new URL(`../../workers/replay-worker${extension}`, import.meta.url);
const typescriptLoader = new URL('../../workers/typescript-loader.mjs', import.meta.url);

/** Sources need a loader where Node does not strip types itself. */
const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript);
const execArgv = extension === '.ts' && !stripsTypes ? ['--import', typescriptLoader.href] : [];

export class WorkerPool {
  readonly #piscina: Piscina;
  #destroyed = false;

  constructor(threads: number) {
    this.#piscina = new Piscina({
      filename: worker.href,
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

  async destroy(): Promise<void> {
    this.#destroyed = true;
    await this.#piscina.destroy();
  }
}
