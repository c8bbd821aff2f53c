import { describe, expect, it } from 'vitest';
import { compareDetails, compareTable } from '../../../src/cli/terminal/compare-table.ts';
import { detailTables, runTable } from '../../../src/cli/terminal/stress-tables.ts';
import { exampleComparison, exampleResult } from '../../report/example-result.ts';

const WIDTH = 80;
const { runs } = exampleResult();
const { rows } = exampleComparison();

const TABLES = {
  'of the runs': runTable(runs, WIDTH),
  'of memory': detailTables(runs, WIDTH)[0],
  'of latencies': detailTables(runs, WIDTH)[1],
  'of threads': detailTables(runs, WIDTH)[2],
  'of a comparison': compareTable(rows, WIDTH),
  'of its details': compareDetails(rows, WIDTH),
};

describe.each(Object.entries(TABLES))('the table %s', (_, table) => {
  it('fits 80 columns and has them all', () => {
    for (const line of table.split('\n')) expect(line.length, line).toBeLessThanOrEqual(WIDTH);
    expect(table.split('\n')[0]).toMatch(/^workload /);
  });
});

describe('the tables of a stress run', () => {
  it('show each run, each kind of call, and each measure', () => {
    expect(runTable(runs, WIDTH)).toMatch(
      /^workload +threads +operations +per second +peak used +lock waits +rounds$/m,
    );
    expect(runTable(runs, WIDTH)).toMatch(/^larson +\d+ +[\d,]+ +[\d.]+ ?[kM]?\/s /m);
    const [memory, latencies, threads] = detailTables(runs, WIDTH);
    expect(memory).toMatch(/^workload +peak live +peak used +unused inside +free in pieces$/m);
    expect(latencies).toMatch(/^larson +deallocate +[\d.]+ [nµm]?s /m);
    expect(threads).toMatch(/^workload +slowest thread +fastest thread +remote frees +lock seizures$/m);
  });
});
