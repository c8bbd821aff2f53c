/**
 * Latencies of several workloads as one: counts of equal buckets add up, and percentiles follow from the sum.
 */
import type { LatencyBucket, LatencyKind, LatencySummary, WorkloadResult } from '../../stress/results/stress-result.ts';
import { sum } from '../../sum.ts';

/** The percentiles that are shown. */
export const PERCENTILES = [
  { key: 'p50', name: 'p50', share: 0.5 },
  { key: 'p99', name: 'p99', share: 0.99 },
  { key: 'p999', name: 'p99.9', share: 0.999 },
] as const;

export interface MergedLatency extends LatencySummary {
  readonly kind: LatencyKind;
}

const KINDS: readonly LatencyKind[] = ['allocate', 'reallocate', 'deallocate', 'lockWait'];

/** Of each kind of call that was timed at all. */
export function mergedLatencies(runs: readonly WorkloadResult[]): MergedLatency[] {
  return KINDS.map((kind) => mergedLatency(kind, runs)).filter(({ samples }) => samples > 0);
}

function mergedLatency(kind: LatencyKind, runs: readonly WorkloadResult[]): MergedLatency {
  return { kind, ...sumOf(runs.map(({ latencies }) => latencies[kind])) };
}

/** Percentiles of one summary stay as they are: they were taken from the calls, not from buckets. */
function sumOf(all: readonly LatencySummary[]): LatencySummary {
  const summaries = all.filter((summary) => summary.samples > 0);
  if (summaries.length === 1) return summaries[0];
  const buckets = sumOfBuckets(summaries.flatMap((summary) => summary.buckets));
  const samples = sum(buckets.map(({ count }) => count));
  const [p50, p99, p999] = PERCENTILES.map(({ share }) => percentileOf(buckets, samples, share));
  return { samples, p50, p99, p999, max: Math.max(0, ...summaries.map(({ max }) => max)), buckets };
}

function sumOfBuckets(buckets: readonly LatencyBucket[]): LatencyBucket[] {
  const byStart = new Map<number, LatencyBucket>();
  for (const bucket of buckets) {
    const before = byStart.get(bucket.from)?.count ?? 0;
    byStart.set(bucket.from, { ...bucket, count: before + bucket.count });
  }
  return [...byStart.values()].toSorted((a, b) => a.from - b.from);
}

/** The end of the bucket in which so many calls are reached: never less than the true percentile. */
function percentileOf(buckets: readonly LatencyBucket[], samples: number, share: number): number {
  let seen = 0;
  for (const { to, count } of buckets) {
    seen += count;
    if (seen >= samples * share) return to;
  }
  return 0;
}

/** Fewer and wider buckets, for a drawing: so many to each doubling. */
export function coarsened(buckets: readonly LatencyBucket[], perDoubling: number): LatencyBucket[] {
  const bins = new Map<number, number>();
  for (const { from, to, count } of buckets) {
    const bin = Math.floor(Math.log2((from + to) / 2) * perDoubling);
    bins.set(bin, (bins.get(bin) ?? 0) + count);
  }
  const startOf = (bin: number): number => 2 ** (bin / perDoubling);
  return [...bins].map(([bin, count]) => ({ from: startOf(bin), to: startOf(bin + 1), count }));
}
