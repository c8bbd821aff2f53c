/**
 * The threads that stress a heap: a piscina pool in which every stream of a trace has a thread of its own, because the
 * streams of a round wait for each other; and threads that are started for one task and end with it, of which some can
 * be kept ready where they are needed quickly.
 *
 * A pool serves many rounds. When a worker hangs, all are destroyed: `terminate` ends a thread wherever it is. Piscina
 * is loaded only by jobs that replay, since users of the synthetic workloads need not have it.
 */
import type { Piscina } from 'piscina';
import type { ReplayTask } from './replay-task.ts';
import type { StreamOutcome } from '../measures/stream-outcome.ts';
import { replayWorker, workerArguments } from '../worker-files.ts';
import type { SweepTask } from './workload-task.ts';
import { WorkloadThread } from './workload-thread.ts';

export interface PoolSize {
  /** In the piscina pool; 0 if nothing is replayed. */
  readonly threads: number;
  /** Kept ready beside it. */
  readonly spares: number;
}

export class WorkerPool {
  readonly #piscina: Piscina | undefined;
  readonly #spareCount: number;
  readonly #spares: WorkloadThread[] = [];
  readonly #fresh = new Set<WorkloadThread>();
  #destroyed = false;

  static async start({ threads, spares }: PoolSize): Promise<WorkerPool> {
    return new WorkerPool(threads > 0 ? await piscinaOf(threads) : undefined, spares);
  }

  private constructor(piscina: Piscina | undefined, spares: number) {
    this.#spareCount = spares;
    this.#piscina = piscina;
    // A worker that dies without a task would be replaced for ever; destroying the pool rejects the tasks instead.
    piscina?.on('error', () => void this.destroy());
    this.#fill();
  }

  get destroyed(): boolean {
    return this.#destroyed;
  }

  /** Rejects when the worker died or the task could not even begin. */
  replay(task: ReplayTask): Promise<StreamOutcome> {
    if (this.#piscina === undefined) throw new Error('this pool has no threads that replay');
    return this.#piscina.run(task) as Promise<StreamOutcome>;
  }

  /** A thread for one task: a spare one that is ready, if there is any. */
  async freshThread(): Promise<WorkloadThread> {
    if (this.#destroyed) throw new Error('the threads were terminated');
    const ready = this.#spares.findIndex(({ isReady }) => isReady);
    const thread = this.#spares.splice(Math.max(0, ready), 1)[0] ?? this.#start();
    this.#fill();
    await thread.ready;
    return thread;
  }

  /** A thread that is attached and will sweep up; rejects when it died. */
  async sweeper(task: SweepTask): Promise<WorkloadThread> {
    const thread = await this.freshThread();
    await thread.attach(task);
    return thread;
  }

  #fill(): void {
    while (this.#spares.length < this.#spareCount && !this.#destroyed) this.#spares.push(this.#start());
  }

  #start(): WorkloadThread {
    const thread = new WorkloadThread();
    this.#fresh.add(thread);
    void thread.ended.then(() => this.#fresh.delete(thread));
    return thread;
  }

  async destroy(): Promise<void> {
    this.#destroyed = true;
    await Promise.all([this.#piscina?.destroy(), ...[...this.#fresh].map((thread) => thread.destroy())]);
  }
}

async function piscinaOf(threads: number): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  return new Piscina({
    filename: replayWorker.href,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
    execArgv: workerArguments,
  });
}
