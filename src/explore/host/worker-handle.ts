/**
 * One worker as the host sees it: its messages as promises, and its unexpected end as an error.
 */
import type { Worker } from 'node:worker_threads';
import type { World } from '../buffers/buffer-source.ts';
import type { HostMessage, ScenarioShape, WorkerMessage } from './messages.ts';
import { ScenarioError } from './scenario.ts';

type Described = Extract<WorkerMessage, { type: 'described' }>;
type Report = Extract<WorkerMessage, { type: 'report' }>;

/** Where the host takes messages that are not answers. */
export interface Listener {
  readonly onMessage: (message: WorkerMessage) => void;
  readonly onBroken: (error: Error) => void;
}

interface Answer<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
}

/** A worker and what it answered. */
export class WorkerHandle {
  readonly #worker: Worker;
  readonly #listener: Listener;
  readonly #described: Answer<Described> = answer();
  readonly #world: Answer<World> = answer();
  readonly #ready: Answer<void> = answer();
  #report: Answer<Report> = answer();
  #closing = false;

  constructor(worker: Worker, listener: Listener) {
    this.#worker = worker;
    this.#listener = listener;
    worker.on('message', (message: WorkerMessage) => this.#take(message));
    worker.on('error', (error) => listener.onBroken(new ScenarioError(`a worker failed: ${error.message}`)));
    worker.on('exit', (code) => {
      if (!this.#closing) listener.onBroken(new ScenarioError(`a worker ended by itself, with exit code ${code}`));
    });
  }

  /** The scenario's shape, and the operating system's id of the thread where it is known. */
  get described(): Promise<{ shape: ScenarioShape; osThread: number | undefined }> {
    return this.#described.promise;
  }

  /** Has the worker run `setup`, and tells what that left. */
  async setUp(): Promise<World> {
    this.post({ type: 'set up' });
    return this.#world.promise;
  }

  /** Settled when the worker waits for the baton. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** The next report, for which the worker must be given a turn. */
  nextReport(): Promise<Report> {
    this.#report = answer();
    return this.#report.promise;
  }

  post(message: HostMessage): void {
    this.#worker.postMessage(message);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#worker.terminate();
  }

  #take(message: WorkerMessage): void {
    if (message.type === 'described') this.#described.resolve(message);
    else if (message.type === 'set up') this.#world.resolve(message.world);
    else if (message.type === 'ready') this.#ready.resolve();
    else if (message.type === 'report') this.#report.resolve(message);
    else if (message.type === 'broken') this.#listener.onBroken(new ScenarioError(message.message));
    else this.#listener.onMessage(message);
  }
}

function answer<Value>(): Answer<Value> {
  let settled: ((value: Value) => void) | undefined;
  const promise = new Promise<Value>((settle) => {
    settled = settle;
  });
  return { promise, resolve: (value) => settled?.(value) };
}
