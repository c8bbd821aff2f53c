/**
 * A whole stress run: one job after the other, each with its share of the time, and the verdict over all.
 */
import { availableParallelism } from 'node:os';
import { detectionPower } from '../results/detection.ts';
import { sum } from '../../sum.ts';
import type { Fault } from '../threads/faults.ts';
import type { Job } from './job.ts';
import type { Oracle } from '../results/oracles.ts';
import { Run, type RunProgress } from './run.ts';
import type { HeapSettings } from './stress-heap.ts';
import type { DetectionPower, StressResult, WorkloadResult } from '../results/stress-result.ts';
import { WorkerPool } from '../threads/worker-pool.ts';

export interface StressOptions {
  readonly jobs: readonly Job[];
  /** For all jobs together. Each gets one round, however long that takes. */
  readonly seconds: number;
  /** Greatest number of rounds of each job; default: as many as there is time for. */
  readonly rounds?: number;
  readonly seed: number;
  readonly heap: HeapSettings;
  readonly fault: Fault | undefined;
  /** Which judges are consulted. */
  readonly oracles: readonly Oracle[];
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
  finished(result: WorkloadResult): void;
}

/** @throws HeapTooSmallError when the machine cannot give what the run needs */
export async function stress(options: StressOptions): Promise<StressResult> {
  const startMs = performance.now();
  const runs: WorkloadResult[] = [];
  for (const job of options.jobs) {
    if (options.signal.aborted) break;
    // One after the other: each is to have the machine for itself.
    runs.push(await runJob(job, options));
  }
  const operations = sum(runs.map((run) => run.operations));
  const violations = sum(runs.map((run) => run.violations));
  const deaths = sum(runs.map((run) => run.kills?.deaths ?? 0));
  return {
    verdict: violations === 0 ? 'held' : 'violated',
    operations,
    violations,
    deaths,
    seconds: (performance.now() - startMs) / 1000,
    seed: options.seed,
    command: options.command,
    fit: options.heap.fit,
    slabs: options.heap.slabs,
    node: process.version,
    cpus: availableParallelism(),
    interrupted: options.signal.aborted,
    detection: violations === 0 ? powersOf(operations, deaths) : [],
    runs,
  };
}

async function runJob(job: Job, options: StressOptions): Promise<WorkloadResult> {
  const { observer, seed, fault, oracles, signal, heap: heapSettings, rounds = Infinity } = options;
  const pool = await WorkerPool.start(job.pool);
  try {
    observer.started(job);
    const seconds = options.seconds / options.jobs.length;
    const onProgress = (progress: RunProgress): void => observer.progressed(progress);
    const run = new Run({ job, heapSettings, seed, seconds, rounds, fault, oracles, signal, onProgress }, pool);
    const result = await run.run();
    observer.finished(result);
    return result;
  } finally {
    await pool.destroy();
  }
}

function powersOf(operations: number, deaths: number): DetectionPower[] {
  const powers = [detectionPower('operations', operations), detectionPower('deaths', deaths)];
  return powers.filter((power) => power !== undefined);
}
