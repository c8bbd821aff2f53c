/**
 * A whole stress run: one job after the other, each with its share of the time, and the verdict over all.
 */
import { availableParallelism } from 'node:os';
import type { Fault, Job } from './job.ts';
import type { RunReport, StressReport } from './report.ts';
import { Run, type RunProgress } from './run.ts';
import type { HeapSettings } from './stress-heap.ts';
import { WorkerPool } from './worker-pool.ts';

export interface StressOptions {
  readonly jobs: readonly Job[];
  /** For all jobs together. Each gets one round, however long that takes. */
  readonly seconds: number;
  readonly seed: number;
  readonly heap: HeapSettings;
  readonly fault: Fault | undefined;
  /** What repeats the run, for the report. */
  readonly command: string;
  /** Ends the run with what is known so far. */
  readonly signal: AbortSignal;
  readonly observer: StressObserver;
}

/** Hears how a run goes. */
export interface StressObserver {
  started(job: Job): void;
  progressed(progress: RunProgress): void;
  finished(report: RunReport): void;
}

/** @throws HeapTooSmallError when the machine cannot give what the run needs */
export async function stress(options: StressOptions): Promise<StressReport> {
  const startMs = performance.now();
  const runs: RunReport[] = [];
  for (const job of options.jobs) {
    if (options.signal.aborted) break;
    // One after the other: each is to have the machine for itself.
    // oxlint-disable-next-line no-await-in-loop
    runs.push(await runJob(job, options));
  }
  const violations = sum(runs.map((run) => run.violations));
  return {
    verdict: violations === 0 ? 'held' : 'violated',
    operations: sum(runs.map((run) => run.operations)),
    violations,
    deaths: 0,
    seconds: (performance.now() - startMs) / 1000,
    seed: options.seed,
    command: options.command,
    fit: options.heap.fit,
    slabs: options.heap.slabs,
    node: process.version,
    cpus: availableParallelism(),
    interrupted: options.signal.aborted,
    runs,
  };
}

async function runJob(job: Job, options: StressOptions): Promise<RunReport> {
  const { observer, seed, fault, signal, heap: heapSettings } = options;
  const pool = new WorkerPool(job.pooledThreads);
  try {
    observer.started(job);
    const seconds = options.seconds / options.jobs.length;
    const onProgress = (progress: RunProgress): void => observer.progressed(progress);
    const report = await new Run({ job, heapSettings, seed, seconds, fault, signal, onProgress }, pool).run();
    observer.finished(report);
    return report;
  } finally {
    await pool.destroy();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
