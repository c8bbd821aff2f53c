/**
 * One Worker of a synthetic workload, from the main thread's side: it loads, is given one task, and ends with it or is
 * terminated in the midst of it. Messages are described in workload-task.
 */
import { Worker } from 'node:worker_threads';
import type { HeapMap } from '../results/stress-result.ts';
import type { OpenIntent } from '../oracles/ledger.ts';
import type { Inspection, InspectionTask } from '../oracles/inspection.ts';
import type { StreamOutcome } from '../measures/stream-outcome.ts';
import type { Sweep } from './sweep.ts';
import { workerArguments, workloadWorker } from '../worker-files.ts';
import type { SweepTask, ThreadTask, WorkloadMessage, WorkloadTask } from './workload-task.ts';

export class WorkloadThread {
  /** Resolves when the thread waits for its task, or has ended without. */
  readonly ready: Promise<void>;
  /** Resolves when the thread has ended. */
  readonly ended: Promise<void>;
  isReady = false;
  readonly #worker: Worker = new Worker(workloadWorker, { execArgv: workerArguments });
  #outcome: StreamOutcome | undefined;
  #sweep: Sweep | undefined;
  #inspection: Inspection | undefined;
  #onMap: (map: HeapMap) => void = () => undefined;
  #wasKilled = false;
  #isAttached = false;
  #resolveAttached: () => void = () => undefined;
  readonly #attached: Promise<void>;
  #error: unknown;

  constructor() {
    const worker = this.#worker;
    this.ready = new Promise((resolve) => {
      worker.once('message', () => resolve(this.#noteReady()));
      worker.once('exit', () => resolve());
    });
    this.#attached = new Promise((resolve) => (this.#resolveAttached = resolve));
    this.ended = new Promise((resolve) => worker.once('exit', (code) => resolve(this.#noteExit(code))));
    worker.on('message', (message: WorkloadMessage) => this.#hear(message));
    worker.on('error', (error) => (this.#error = error));
  }

  /** Undefined when it was killed. Rejects when it died otherwise. */
  async run(task: WorkloadTask, onMap: (map: HeapMap) => void): Promise<StreamOutcome | undefined> {
    this.#onMap = onMap;
    await this.#start(task);
    if (this.#outcome !== undefined || this.#wasKilled) return this.#outcome;
    throw this.#error;
  }

  /** Attaches a thread that is to sweep. Rejects when it died. */
  async attach(task: SweepTask): Promise<void> {
    await this.ready;
    this.#post(task);
    await Promise.race([this.#attached, this.ended]);
    if (!this.#isAttached) throw this.#error;
  }

  /** Sweeps up. Rejects when the thread died. */
  async sweep(deaths: readonly OpenIntent[]): Promise<Sweep> {
    this.#post(deaths);
    await this.ended;
    if (this.#sweep !== undefined) return this.#sweep;
    throw this.#error;
  }

  /** Rejects when the thread died. */
  async inspect(task: InspectionTask): Promise<Inspection> {
    await this.#start(task);
    if (this.#inspection !== undefined) return this.#inspection;
    throw this.#error;
  }

  /** Ends the thread, wherever it is. When this resolves it is gone. */
  async kill(): Promise<void> {
    this.#wasKilled = true;
    await this.#worker.terminate();
  }

  /** Ends the thread like `kill`; its task is lost. */
  async destroy(): Promise<void> {
    this.#error = new Error('the threads were terminated');
    await this.#worker.terminate();
  }

  async #start(task: WorkloadTask | InspectionTask): Promise<void> {
    await this.ready;
    this.#post(task);
    await this.ended;
  }

  #post(message: ThreadTask | readonly OpenIntent[]): void {
    // A port between threads has no origin to name.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#worker.postMessage(message);
  }

  #noteReady(): void {
    this.isReady = true;
  }

  #noteAttached(): void {
    this.#isAttached = true;
    this.#resolveAttached();
  }

  #noteExit(code: number): void {
    this.#error ??= new Error(`the thread ended with exit code ${code} and told nothing`);
  }

  #hear(message: WorkloadMessage): void {
    if (message.kind === 'map') this.#onMap(message.map);
    else if (message.kind === 'attached') this.#noteAttached();
    else if (message.kind === 'outcome') this.#outcome = message.outcome;
    else if (message.kind === 'sweep') this.#sweep = message.sweep;
    else if (message.kind === 'inspection') this.#inspection = message.inspection;
  }
}
