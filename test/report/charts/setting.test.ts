import { describe, expect, it } from 'vitest';
import { standings } from '../../../src/report/charts/setting.ts';
import type { CompareRow } from '../../../src/stress/results/stress-result.ts';
import { exampleComparison } from '../example-result.ts';

const peakOf = ({ peakUsedBytes }: CompareRow) => peakUsedBytes;

describe('the standings of settings', () => {
  const { rows } = exampleComparison();
  const [row] = rows;
  const rowsOf = (peaks: readonly (readonly [workload: string, fit: string, peakUsedBytes: number])[]) =>
    peaks.map(([workload, fit, peakUsedBytes]) =>
      Object.assign(structuredClone(row), { workload, fit, peakUsedBytes }),
    );

  it('are geometric means of the ratios to the best of each workload, best first', () => {
    const chosen = rowsOf([
      ['sqlite', 'first-fit', 200],
      ['sqlite', 'best-fit', 100],
      ['larson', 'first-fit', 1000],
      ['larson', 'best-fit', 8000],
    ]);
    const [first, second] = standings(chosen, peakOf);
    expect(first.setting).toBe('first-fit');
    expect(first.ratio).toBeCloseTo(Math.sqrt(2));
    expect(second.ratio).toBeCloseTo(Math.sqrt(8));
  });

  it('leave out a setting that was not tried on every workload', () => {
    const chosen = rowsOf([
      ['sqlite', 'first-fit', 200],
      ['sqlite', 'best-fit', 100],
      ['larson', 'first-fit', 1000],
    ]);
    expect(standings(chosen, peakOf).map(({ setting }) => setting)).toEqual(['first-fit']);
  });

  it('name settings without slabs', () => {
    const names = standings(rows, peakOf).map(({ setting }) => setting);
    expect(names).toHaveLength(8);
    expect(names).toContain('next-fit without slabs');
  });
});
