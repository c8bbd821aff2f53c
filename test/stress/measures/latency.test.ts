import { expect, it } from 'vitest';
import { LatencyHistogram, createHistograms } from '../../../src/stress/measures/latency.ts';

it('finds percentiles exact to 3 %, and the longest exactly', () => {
  const histogram = new LatencyHistogram(createHistograms().allocate);
  for (let nanoseconds = 1; nanoseconds <= 10_000; nanoseconds++) histogram.record(nanoseconds / 1e6);
  const { samples, p50, p99, p999, max, buckets } = histogram.summary();
  expect(samples).toBe(10_000);
  expect(Math.abs(p50 / 5000 - 1)).toBeLessThan(0.035);
  expect(Math.abs(p99 / 9900 - 1)).toBeLessThan(0.035);
  expect(Math.abs(p999 / 9990 - 1)).toBeLessThan(0.035);
  expect(max).toBe(10_000);
  for (const { from, to, count } of buckets) expect(from < to && count > 0).toBe(true);
});

it.each([1, 999, 2 ** 30, 5e9, 60e9])('keeps a longest of %d ns to a microsecond', (nanoseconds) => {
  const histogram = new LatencyHistogram(createHistograms().lockWait);
  histogram.record(nanoseconds / 1e6);
  const { max } = histogram.summary();
  expect(max).toBeGreaterThanOrEqual(nanoseconds);
  expect(max - nanoseconds).toBeLessThanOrEqual(1000);
});

it('has nothing to say about nothing', () => {
  const empty = { samples: 0, p50: 0, p99: 0, p999: 0, max: 0, buckets: [] };
  expect(new LatencyHistogram(createHistograms().lockWait).summary()).toEqual(empty);
});
