/**
 * A whole stress run: one trace after the other, each with its share of the time, and the verdict over all.
 */
import { availableParallelism } from 'node:os';
import { planTrace, type Plan } from './plan.ts';
import type { Fault } from './replay-task.ts';
import type { RunReport, StressReport } from './report.ts';
import type { HeapSettings } from './stress-heap.ts';
import type { Trace } from './trace.ts';
import { TraceRun, type RunProgress } from './trace-run.ts';
import { WorkerPool } from './worker-pool.ts';

export interface StressOptions {
  readonly traces: readonly Trace[];
  /** How many streams to run at once at least. */
  readonly threads: number;
  /** For all traces together. Every trace is replayed once, however long that takes. */
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
  started(plan: Plan): void;
  progressed(progress: RunProgress): void;
  finished(report: RunReport): void;
}

/** @throws HeapTooSmallError when the machine cannot give what the run needs */
export async function stress(options: StressOptions): Promise<StressReport> {
  const startMs = performance.now();
  const runs: RunReport[] = [];
  for (const trace of options.traces) {
    if (options.signal.aborted) break;
    // One trace after the other: each is to have the machine for itself.
    // oxlint-disable-next-line no-await-in-loop
    runs.push(await runTrace(trace, options));
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
    node: process.version,
    cpus: availableParallelism(),
    interrupted: options.signal.aborted,
    runs,
  };
}

async function runTrace(trace: Trace, options: StressOptions): Promise<RunReport> {
  const { observer, seed, fault, signal } = options;
  const plan = planTrace(trace, options.threads);
  const pool = new WorkerPool(plan.copies * plan.streamsPerCopy);
  try {
    observer.started(plan);
    const seconds = options.seconds / options.traces.length;
    const onProgress = (progress: RunProgress): void => observer.progressed(progress);
    const run = new TraceRun({ plan, heapSettings: options.heap, seed, seconds, fault, signal, onProgress }, pool);
    const report = await run.run();
    observer.finished(report);
    return report;
  } finally {
    await pool.destroy();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
