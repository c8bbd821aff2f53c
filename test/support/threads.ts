/**
 * Starts jobs in worker threads and listens to what they tell.
 */
import { Worker } from 'node:worker_threads';
import type { MemoryManager } from '../../src/index.ts';
import type { JobName } from './jobs.ts';

const ENTRY = new URL('job-worker.ts', import.meta.url);
const LOADER = new URL('../../workers/typescript-loader.mjs', import.meta.url).href;

/** A worker thread with one job. */
export class Thread {
  readonly worker: Worker;
  readonly #messages: unknown[] = [];
  readonly #signal: Int32Array<SharedArrayBuffer>;
  readonly #ended: Promise<void>;
  #listener: (() => void) | undefined;
  #failure: unknown;

  constructor(heap: MemoryManager, job: JobName, { index = 0, rounds = 0, signal = newSignal() } = {}) {
    this.#signal = signal;
    const workerData = { job, handle: heap.handle, index, rounds, signal };
    this.worker = new Worker(ENTRY, { workerData, execArgv: ['--import', LOADER] });
    this.worker.on('message', (message) => {
      this.#messages.push(message);
      this.#listener?.();
    });
    this.worker.on('error', (error) => {
      this.#failure = error;
      this.#listener?.();
    });
    this.#ended = new Promise((resolve) => {
      this.worker.on('exit', () => {
        this.#listener?.();
        resolve();
      });
    });
  }

  /** The next thing that the job tells. Rejects if the job fails instead. */
  async told(): Promise<unknown> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#messages.length > 0) return this.#messages.shift();
      await new Promise<void>((resolve) => (this.#listener = resolve));
    }
  }

  /** Lets a job go on that waits for its signal. */
  goOn(): void {
    Atomics.store(this.#signal, 0, 1);
    Atomics.notify(this.#signal, 0);
  }

  /** Waits until the thread has ended; fails if its job did. */
  async end(): Promise<void> {
    await this.#ended;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Ends the thread wherever it is. */
  async terminate(): Promise<void> {
    await this.worker.terminate();
    await this.#ended;
  }
}

export function newSignal(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** Runs the same job in several threads at once and returns what each told first. */
export async function runInThreads(
  count: number,
  heap: MemoryManager,
  job: JobName,
  options: { rounds?: number; signal?: Int32Array<SharedArrayBuffer> } = {},
): Promise<void> {
  const threads = Array.from({ length: count }, (_, index) => new Thread(heap, job, { ...options, index }));
  await Promise.all(threads.map(async (thread) => thread.end()));
}
