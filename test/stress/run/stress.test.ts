import { describe, expect, it } from 'vitest';
import { FIT_NAMES } from '../../../src/fit/fit.ts';
import { HeapTooSmallError } from '../../../src/stress/run/stress-heap.ts';
import { TraceBuilder } from '../../../src/stress/traces/trace-builder.ts';
import { ORACLES } from '../../../src/stress/results/oracles.ts';
import type { StressResult } from '../../../src/stress/results/stress-result.ts';
import type { Job } from '../../../src/stress/run/job.ts';
import { stress, type StressOptions } from '../../../src/stress/run/stress.ts';
import { TraceJob } from '../../../src/stress/run/trace-job.ts';
import { WorkloadJob } from '../../../src/stress/run/workload-job.ts';
import { workloadNamed } from '../../../src/stress/workloads/workloads.ts';
import { printedSeed, randomTrace } from '../traces/random-trace.ts';

const seed = printedSeed('stress');
const silence = { started(): void {}, progressed(): void {}, finished(): void {} };

function run(options: Pick<StressOptions, 'jobs'> & Partial<StressOptions>): Promise<StressResult> {
  return stress({
    seconds: 600,
    rounds: 1,
    seed,
    heap: { fit: 'first-fit', slabs: false },
    fault: undefined,
    oracles: ORACLES,
    command: '',
    signal: new AbortController().signal,
    observer: silence,
    ...options,
  });
}

/** With so much time that the threads can begin on this machine. */
async function runInTime(job: Job, seconds: number): Promise<StressResult> {
  const result = await run({ jobs: [job], seconds, rounds: 1000 });
  return result.leftOut.length === 0 ? result : runInTime(job, 2 * seconds);
}

const handedAround = randomTrace({ seed, threads: 8, operations: 200_000, liveObjects: 2000 });
const small = randomTrace({ seed, threads: 2, operations: 20_000, liveObjects: 500 });

describe('a shared heap', () => {
  it('loses nothing when eight workers allocate, hand over and free at random, waiting for its lock', async () => {
    const report = await run({ jobs: [new TraceJob(handedAround, 1)], rounds: 3 });
    expect(report.runs[0].firstViolations).toEqual([]);
    expect(report).toMatchObject({ verdict: 'held', violations: 0 });
    expect(report.runs[0].threads).toBe(8);
    expect(report.operations).toBe(report.runs[0].rounds * handedAround.operationCount);
    expect(report.runs[0].lockWaits).toBeGreaterThan(0);
    expect(report.runs[0].peakUsedBytes).toBeGreaterThan(0);
  });

  it('loses nothing when small blocks come from slabs', async () => {
    const report = await run({ jobs: [new TraceJob(handedAround, 1)], heap: { fit: 'first-fit', slabs: true } });
    expect(report.runs[0].firstViolations).toEqual([]);
    expect(report.violations).toBe(0);
  });

  it.each(FIT_NAMES)('loses nothing under %s', async (fit) => {
    const report = await run({ jobs: [new TraceJob(small, 4)], heap: { fit, slabs: false } });
    expect(report.runs[0].firstViolations).toEqual([]);
    expect(report.runs[0]).toMatchObject({ threads: 4, copies: 2, violations: 0 });
  });
});

describe('a stress run', () => {
  it('times a sample of each kind of call', async () => {
    const { latencies } = (await run({ jobs: [new TraceJob(small, 1)] })).runs[0];
    for (const kind of ['allocate', 'reallocate', 'deallocate'] as const) {
      const { samples, p50, p99, p999, max, buckets } = latencies[kind];
      expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(samples);
      expect(samples).toBeGreaterThan(10);
      expect([p50, p99, p999, max]).toEqual([p50, p99, p999, max].toSorted((a, b) => a - b));
    }
  });

  it('reports violations and ends when the lock is a no-op', async () => {
    const report = await run({ jobs: [new TraceJob(handedAround, 1)], fault: 'lock', rounds: 30 });
    expect(report.verdict).toBe('violated');
    expect(report.violations).toBeGreaterThan(0);
    expect(report.runs[0].firstViolations.length).toBeGreaterThan(0);
  });

  it('says so when the heap is too small, without blaming it', async () => {
    const heap = { fit: 'first-fit', slabs: false, maxByteLength: Math.floor(small.peakLiveBytes * 0.8) } as const;
    await expect(run({ jobs: [new TraceJob(small, 1)], heap })).rejects.toThrow(HeapTooSmallError);
  });

  it('goes on when the heap is full for a while: who waits gets the memory that another frees', async () => {
    const builder = new TraceBuilder('greedy');
    for (let object = 0; object < 300; object++) {
      builder.allocate(0, object, 700_000);
      builder.free(0, object);
    }
    const heap = { fit: 'first-fit', slabs: false, maxByteLength: 1_000_000 } as const;
    const report = await run({ jobs: [new TraceJob(builder.finish(), 3)], heap });
    expect(report.runs[0].firstViolations).toEqual([]);
    expect(report.runs[0]).toMatchObject({ copies: 3, violations: 0 });
    expect(report.runs[0].peakUsedBytes).toBeLessThan(2 * 700_000);
  });

  it('ends with what is known so far when it is interrupted', async () => {
    const interruption = new AbortController();
    const observer = { ...silence, progressed: (): void => interruption.abort() };
    const jobs = [new TraceJob(handedAround, 1), new TraceJob(small, 1)];
    const report = await run({ jobs, rounds: 1000, signal: interruption.signal, observer });
    expect(report).toMatchObject({ interrupted: true, verdict: 'held', violations: 0 });
    expect(report.runs).toHaveLength(1);
  });

  it.each([
    ['a trace', new TraceJob(handedAround, 4)],
    ['a workload', new WorkloadJob(workloadNamed('churn'), 2)],
  ])('cuts %s short when its time is over, and sweeps up after it', async (_, job) => {
    const { runs, violations } = await runInTime(job, 0.5);
    expect(runs[0].firstViolations).toEqual([]);
    expect(violations).toBe(0);
    expect(runs[0].emptyRounds).toBe(runs[0].rounds);
  });

  it('shares its time among all jobs, and leaves out those whose turn comes too late', async () => {
    const jobs = Array.from({ length: 200 }, () => new WorkloadJob(workloadNamed('larson'), 1));
    const { runs, leftOut, verdict } = await run({ jobs, seconds: 1, rounds: 1000 });
    expect(verdict).toBe('held');
    expect(leftOut.length).toBe(200 - runs.length);
    expect(runs.length).toBeLessThan(200);
  });

  it('claims nothing about rare faults beside a violation, nor that a round was empty that was not', async () => {
    const report = await run({ jobs: [new WorkloadJob(workloadNamed('churn'), 2)], fault: 'leak' });
    expect(report.violations).toBeGreaterThan(0);
    expect(report.detection).toEqual([]);
    expect(report.runs[0]).toMatchObject({ rounds: 1, emptyRounds: 0 });
  });
});
