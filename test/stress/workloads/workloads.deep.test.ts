import { describe, expect, it } from 'vitest';
import { ORACLES } from '../../../src/stress/results/oracles.ts';
import { stress } from '../../../src/stress/run/stress.ts';
import type { WorkloadResult } from '../../../src/stress/results/stress-result.ts';
import { WorkloadJob } from '../../../src/stress/run/workload-job.ts';
import { WORKLOAD_NAMES, workloadNamed } from '../../../src/stress/workloads/workloads.ts';
import { printedSeed } from '../traces/random-trace.ts';

const seed = printedSeed('workloads');

/** So many threads one after the other in each place, where a workload has hundreds. */
const MOST_GENERATIONS = 8;

async function run(
  name: string,
  threads: number,
  options: { fault?: 'lock'; signal?: AbortSignal } = {},
): Promise<WorkloadResult> {
  const workload = workloadNamed(name);
  const generations = Math.min(workload.generations, MOST_GENERATIONS);
  const report = await stress({
    jobs: [new WorkloadJob({ ...workload, generations }, threads)],
    seconds: Infinity,
    rounds: 1,
    operations: 20_000,
    seed,
    heap: { fit: 'first-fit', slabs: false },
    fault: options.fault,
    oracles: ORACLES,
    command: '',
    signal: options.signal ?? new AbortController().signal,
    observer: { started(): void {}, progressed(): void {}, finished(): void {} },
  });
  return report.runs[0];
}

describe('every workload', () => {
  it.each(WORKLOAD_NAMES)('%s leaves an empty heap with nothing lost, from several threads', async (name) => {
    const report = await run(name, 3);
    expect(report.firstViolations).toEqual([]);
    expect(report).toMatchObject({ kind: 'workload', name, violations: 0 });
    expect(report.operations).toBeGreaterThan(0);
    expect(report.peakUsedBytes).toBeGreaterThan(0);
  });

  it.each(WORKLOAD_NAMES)('%s can be run with one thread asked for', async (name) => {
    const report = await run(name, 1);
    expect(report.firstViolations).toEqual([]);
    expect(report.violations).toBe(0);
  });

  it('can be interrupted, even before it begins', async () => {
    expect(await run('larson', 2, { signal: AbortSignal.abort() })).toBeUndefined();
    const report = await run('larson', 2, { signal: AbortSignal.timeout(1000) });
    expect(report.firstViolations).toEqual([]);
  });
});

it('sees what goes wrong without a lock', async () => {
  const report = await run('larson', 4, { fault: 'lock' });
  expect(report.violations).toBeGreaterThan(0);
});
