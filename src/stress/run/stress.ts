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

/** A job gets so much time even if there is none left; one whose turn comes later than so long after the end gets none. */
const LEAST_SHARE_MS = 100;
const TOO_LATE_MS = 2500;

export interface StressOptions {
  readonly jobs: readonly Job[];
  /**
   * For all jobs together. When the time of a job is over, its last round is cut short; jobs of which the turn comes too
   * late are left out.
   */
  readonly seconds: number;
  /** Greatest number of rounds of each job; default: as many as there is time for. */
  readonly rounds?: number;
  /** So many operations of each job are enough: its last round is cut short then; default: none are. */
  readonly operations?: number;
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
  const leftOut: string[] = [];
  const endMs = startMs + options.seconds * 1000;
  for (const [index, job] of options.jobs.entries()) {
    if (options.signal.aborted) break;
    // One after the other: each is to have the machine for itself.
    const run = await runInTime(job, index, endMs, options);
    if (run === undefined) leftOut.push(job.name);
    else runs.push(run);
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
    leftOut: [...leftOut, ...options.jobs.slice(runs.length + leftOut.length).map(({ name }) => name)],
  };
}

/** Undefined when its time was over before its threads had begun. */
async function runInTime(
  job: Job,
  index: number,
  endMs: number,
  options: StressOptions,
): Promise<WorkloadResult | undefined> {
  if (index > 0 && performance.now() > endMs + TOO_LATE_MS) return undefined;
  const run = await runJob(job, deadlineOf(endMs, options.jobs.length - index), options);
  const hasBegun = run.operations > 0 || run.violations > 0 || options.signal.aborted;
  return hasBegun ? run : undefined;
}

/** An even share of what is left of the time, but never less than it takes to begin. */
function deadlineOf(endMs: number, jobsLeft: number): number {
  const now = performance.now();
  return now + Math.max(LEAST_SHARE_MS, (endMs - now) / jobsLeft);
}

async function runJob(job: Job, deadlineMs: number, options: StressOptions): Promise<WorkloadResult> {
  const { observer, seed, fault, oracles, signal, heap: heapSettings } = options;
  const { rounds = Infinity, operations = Infinity } = options;
  const pool = await WorkerPool.start(job.pool);
  try {
    observer.started(job);
    const onProgress = (progress: RunProgress): void => observer.progressed(progress);
    const run = new Run(
      { job, heapSettings, seed, deadlineMs, rounds, operations, fault, oracles, signal, onProgress },
      pool,
    );
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
