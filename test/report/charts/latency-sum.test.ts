import { describe, expect, it } from 'vitest';
import { coarsened, mergedLatencies } from '../../../src/report/charts/latency-sum.ts';
import type { LatencyBucket, LatencySummary } from '../../../src/stress/results/stress-result.ts';
import { exampleLatency, exampleRun } from '../example-result.ts';

const NONE = exampleLatency(0, 0);

function runWith(allocate: LatencySummary) {
  return { ...exampleRun('x'), latencies: { allocate, reallocate: NONE, deallocate: NONE, lockWait: NONE } };
}

function summaryOf(buckets: readonly LatencyBucket[]): LatencySummary {
  const samples = buckets.reduce((sum, { count }) => sum + count, 0);
  return { samples, p50: 1, p99: 2, p999: 3, max: buckets.at(-1)!.to, buckets };
}

describe('latencies of several workloads', () => {
  it('add up bucket by bucket, in order, with percentiles of the sum', () => {
    const fast = summaryOf([{ from: 100, to: 110, count: 990 }]);
    const slow = summaryOf([
      { from: 100, to: 110, count: 5 },
      { from: 50, to: 60, count: 2 },
      { from: 900, to: 1000, count: 3 },
    ]);
    const [merged, ...rest] = mergedLatencies([runWith(fast), runWith(slow)]);
    expect(rest).toEqual([]);
    expect(merged.buckets).toEqual([
      { from: 50, to: 60, count: 2 },
      { from: 100, to: 110, count: 995 },
      { from: 900, to: 1000, count: 3 },
    ]);
    expect(merged).toMatchObject({ kind: 'allocate', samples: 1000, p50: 110, p99: 110, p999: 1000, max: 1000 });
  });

  it('of one workload are those that it measured', () => {
    const [merged] = mergedLatencies([runWith(summaryOf([{ from: 100, to: 110, count: 990 }])), runWith(NONE)]);
    expect(merged).toMatchObject({ p50: 1, p99: 2, p999: 3 });
  });

  it('are left out where nothing was timed', () => {
    expect(mergedLatencies([runWith(NONE)])).toEqual([]);
  });
});

describe('coarsened buckets', () => {
  it('keep every call, between powers of two', () => {
    const { buckets, samples } = summaryOf(exampleLatency(180, 1000).buckets);
    const coarse = coarsened(buckets, 1);
    expect(coarse.reduce((sum, { count }) => sum + count, 0)).toBe(samples);
    expect(coarse.length).toBeLessThan(buckets.length / 4);
    for (const { from, to } of coarse) expect([Number.isInteger(Math.log2(from)), to]).toEqual([true, from * 2]);
  });
});
