/**
 * Watching workers end, so that their deaths are known where the platform does not tell of its own accord. Works with
 * anything shaped like a `Worker` of worker_threads or a pool of them such as piscina, without importing either.
 */
import { AllocatorError, shown } from '../allocator-error.ts';

/** A `Worker` of worker_threads. */
export interface WatchedWorker {
  readonly threadId: number;
  on(event: 'exit', listener: () => void): unknown;
  off(event: 'exit', listener: () => void): unknown;
}

/** A pool of workers that come and go, such as a Piscina. */
export interface WatchedPool {
  readonly threads: readonly WatchedWorker[];
  on(event: 'workerCreate', listener: () => void): unknown;
  off(event: 'workerCreate', listener: () => void): unknown;
}

/** A `Worker` of a browser. It tells nobody of its end. */
export interface WatchedWebWorker {
  terminate(): void;
  postMessage(message: unknown): void;
  addEventListener(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

export function isWebWorker(source: unknown): source is WatchedWebWorker {
  const worker = source as Partial<WatchedWebWorker & WatchedWorker> | null | undefined;
  const needed = [worker?.terminate, worker?.postMessage, worker?.addEventListener];
  return typeof worker?.on !== 'function' && needed.every((method) => typeof method === 'function');
}

/**
 * Calls `onExit` with the thread id of each worker that ends from now on.
 *
 * @throws AllocatorError `BAD_OPTION` for what is neither worker nor pool
 */
export function watchExits(source: WatchedWorker | WatchedPool, onExit: (workerId: number) => void): Disposable {
  const watched = new ExitWatch(onExit);
  if (isPool(source)) return watched.addPool(source);
  if (isWorker(source)) return watched.add(source);
  throw new AllocatorError('BAD_OPTION', `watch needs a Worker or a pool of workers, got ${shown(source)}`);
}

function isPool(source: unknown): source is WatchedPool {
  const pool = source as Partial<WatchedPool> | null | undefined;
  return Array.isArray(pool?.threads) && typeof pool.on === 'function' && typeof pool.off === 'function';
}

function isWorker(source: unknown): source is WatchedWorker {
  const worker = source as Partial<WatchedWorker> | null | undefined;
  return Number.isInteger(worker?.threadId) && typeof worker?.on === 'function' && typeof worker.off === 'function';
}

/**
 * The id of a worker of worker_threads that is said to have ended.
 *
 * @throws AllocatorError `BAD_OPTION`, also for one that has lost its id already, as it does at its `exit` event
 */
export function endedWorkerId(worker: WatchedWorker): number {
  if (isWorker(worker) && worker.threadId >= 0) return worker.threadId;
  throw new AllocatorError(
    'BAD_OPTION',
    `declareDead needs a Worker that has not lost its thread id yet, got ${shown(worker)}; watch knows it in time`,
  );
}

/** The listeners that one call of `watch` has set. */
class ExitWatch implements Disposable {
  readonly #onExit: (workerId: number) => void;
  readonly #listeners = new Map<WatchedWorker, () => void>();
  #leavePool: () => void = () => undefined;

  constructor(onExit: (workerId: number) => void) {
    this.#onExit = onExit;
  }

  /** The thread id is noted now, since an ended worker has lost it. */
  add(worker: WatchedWorker): this {
    if (this.#listeners.has(worker)) return this;
    const { threadId } = worker;
    const listener = (): void => {
      this.#remove(worker);
      this.#onExit(threadId);
    };
    this.#listeners.set(worker, listener);
    worker.on('exit', listener);
    return this;
  }

  addPool(pool: WatchedPool): this {
    const addAll = (): void => pool.threads.forEach((worker) => this.add(worker));
    this.#leavePool = () => pool.off('workerCreate', addAll);
    pool.on('workerCreate', addAll);
    addAll();
    return this;
  }

  #remove(worker: WatchedWorker): void {
    const listener = this.#listeners.get(worker);
    if (listener !== undefined) worker.off('exit', listener);
    this.#listeners.delete(worker);
  }

  [Symbol.dispose](): void {
    this.#leavePool();
    for (const worker of this.#listeners.keys()) this.#remove(worker);
  }
}
