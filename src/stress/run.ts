/**
 * One job, done round after round on one heap until its time is over; what the rounds found, summed up.
 *
 * A run ends early at the first round that was violated, as a damaged heap says nothing about the next round, and when
 * it is interrupted. One round is done in any case.
 */
import type { HeapStats } from '../index.ts';
import { StopReason, type Control } from './control.ts';
import type { Fault, Job } from './job.ts';
import { createHistograms, summarize, type Histograms } from './latency.ts';
import type { RunReport } from './report.ts';
import { runRound, type RoundResult } from './round.ts';
import { ShadowMap } from './shadow-map.ts';
import { HeapTooSmallError, createHeap, type HeapSettings, type StressHeap } from './stress-heap.ts';
import { heapViolation, type Violation } from './violation.ts';
import type { WorkerPool } from './worker-pool.ts';

const SHOWN_VIOLATIONS = 10;

export interface RunOptions {
  readonly job: Job;
  readonly heapSettings: HeapSettings;
  readonly seed: number;
  readonly seconds: number;
  readonly fault: Fault | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RunProgress) => void;
}

/** A run while it goes on. */
export interface RunProgress {
  /** From 0 to 1. */
  readonly fraction: number;
  readonly round: number;
  readonly operations: number;
  readonly operationsPerSecond: number;
  readonly liveBytes: number;
  readonly violations: number;
}

export class Run {
  readonly #options: RunOptions;
  readonly #pool: WorkerPool;
  readonly #heap: StressHeap;
  readonly #shadow: SharedArrayBuffer;
  readonly #sizes: SharedArrayBuffer;
  readonly #histograms: Histograms = createHistograms();
  readonly #startMs: number = performance.now();
  readonly #firstViolations: Violation[] = [];
  #rounds = 0;
  #operations = 0;
  #seconds = 0;
  #violations = 0;
  #peakLiveBytes = 0;
  #externalFragmentation = 0;
  /** Of the quiet heap after the last round that could be inspected. */
  #stats: HeapStats | undefined;

  constructor(options: RunOptions, pool: WorkerPool) {
    this.#options = options;
    this.#pool = pool;
    this.#heap = createHeap(options.job.demandBytes, options.job.streamCount, options.heapSettings);
    this.#shadow = ShadowMap.reserve(this.#heap.handle.buffer.maxByteLength);
    this.#sizes = ShadowMap.reserve(this.#heap.handle.buffer.maxByteLength);
  }

  /** @throws HeapTooSmallError when the heap was full of live blocks */
  async run(): Promise<RunReport> {
    while (this.#wantsAnotherRound()) {
      // One round after the other: they share the heap.
      // oxlint-disable-next-line no-await-in-loop
      const result = await this.#round();
      this.#add(result);
    }
    return this.#report();
  }

  #wantsAnotherRound(): boolean {
    if (this.#options.signal.aborted || this.#violations > 0) return false;
    return this.#rounds === 0 || performance.now() - this.#startMs < this.#options.seconds * 1000;
  }

  #round(): Promise<RoundResult> {
    const { job, seed, fault, signal } = this.#options;
    return runRound({
      job,
      pool: this.#pool,
      task: {
        handle: this.#heap.handle,
        fault,
        shadow: this.#shadow,
        sizes: this.#sizes,
        histograms: this.#histograms,
        seed: seed + this.#rounds,
      },
      deadlineMs: this.#startMs + this.#options.seconds * 1000,
      signal,
      onTick: (control) => this.#options.onProgress(this.#progress(control)),
    });
  }

  #add(result: RoundResult): void {
    const { control, outcomes, inspection } = result;
    this.#rounds++;
    this.#operations += control.operations;
    this.#seconds += result.seconds;
    this.#violations += control.violations;
    this.#firstViolations.push(...result.violations);
    this.#peakLiveBytes = Math.max(this.#peakLiveBytes, control.peakLiveBytes);
    for (const { sample } of outcomes) this.#sample(sample);
    if (inspection !== undefined) this.#stats = inspection.stats;
    if (control.stopReason === StopReason.STUCK) this.#stuck(control);
  }

  #sample(stats: HeapStats | undefined): void {
    if (stats === undefined) return;
    this.#externalFragmentation = Math.max(this.#externalFragmentation, stats.externalFragmentation);
    this.#stats = stats;
  }

  /** The heap was full: because so much was live, or because it has lost memory, unless there was trouble anyway. */
  #stuck(control: Control): void {
    const { liveBytes } = control;
    const { maxByteLength } = this.#heap;
    const shown = `${liveBytes} of its ${maxByteLength} bytes were live`;
    if (this.#violations > 0) return;
    if (liveBytes * 2 > maxByteLength) {
      throw new HeapTooSmallError(`the heap is too small for ${this.#options.job.name}: ${shown}`);
    }
    this.#violations++;
    this.#firstViolations.push(heapViolation('starvation', `no memory was to be had though only ${shown}`));
  }

  #progress(control: Control): RunProgress {
    const operations = this.#operations + control.operations;
    const elapsed = (performance.now() - this.#startMs) / 1000;
    return {
      fraction: Math.min(1, elapsed / this.#options.seconds, operations / (this.#options.job.operationsPerRound ?? 1)),
      round: this.#rounds + 1,
      operations,
      operationsPerSecond: operations / elapsed,
      liveBytes: control.liveBytes,
      violations: this.#violations + control.violations,
    };
  }

  #report(): RunReport {
    const { job } = this.#options;
    const peakUsedBytes = this.#stats?.peakUsedBytes ?? 0;
    return {
      kind: job.kind,
      name: job.name,
      threads: job.streamCount,
      copies: job.copies,
      rounds: this.#rounds,
      operations: this.#operations,
      seconds: this.#seconds,
      operationsPerSecond: this.#seconds === 0 ? 0 : this.#operations / this.#seconds,
      peakLiveBytes: this.#peakLiveBytes,
      peakUsedBytes,
      byteLength: this.#stats?.byteLength ?? 0,
      internalFragmentation: peakUsedBytes === 0 ? 0 : Math.max(0, 1 - this.#peakLiveBytes / peakUsedBytes),
      externalFragmentation: this.#externalFragmentation,
      lockWaits: this.#stats?.lockWaits ?? 0,
      lockSeizures: this.#stats?.lockSeizures ?? 0,
      latencies: summarize(this.#histograms),
      violations: this.#violations,
      firstViolations: this.#firstViolations.slice(0, SHOWN_VIOLATIONS),
    };
  }
}
