/** What a comparison found out, as text: a row for each workload under each setting, the best of each workload marked. */
import colors from 'picocolors';
import type { CompareResult, CompareRow } from '../../stress/results/stress-result.ts';
import { comparisonVerdictOf } from '../../stress/results/verdict.ts';
import { bytes, count, duration, percent, rate } from '../../quantity.ts';
import { newTable } from './text-table.ts';

const HEAD = [
  'workload',
  'fit',
  'slabs',
  'time',
  'operations/s',
  'peak live',
  'peak used',
  'fragmentation\ninside, outside',
  'lock waits',
];
const NANOSECONDS = 1e9;

export function compareTable(rows: readonly CompareRow[]): string {
  const table = newTable(HEAD, 3);
  for (const row of rows)
    table.push(
      cellsOf(
        row,
        rows.filter(({ workload }) => workload === row.workload),
      ),
    );
  return table.toString();
}

function cellsOf(row: CompareRow, rivals: readonly CompareRow[]): string[] {
  const fastest = Math.max(...rivals.map((rival) => rival.operationsPerSecond));
  const smallest = Math.min(...rivals.map((rival) => rival.peakUsedBytes));
  const speed = rate(row.operationsPerSecond);
  const used = bytes(row.peakUsedBytes);
  return [
    row.workload,
    row.fit,
    row.slabs ? 'on' : 'off',
    duration(row.seconds * NANOSECONDS),
    row.operationsPerSecond === fastest ? colors.green(speed) : speed,
    bytes(row.peakLiveBytes),
    row.peakUsedBytes === smallest ? colors.green(used) : used,
    `${percent(row.internalFragmentation)}, ${percent(row.externalFragmentation)}`,
    count(row.lockWaits),
  ];
}

/** The verdict in one sentence. */
export function compareVerdict(result: CompareResult): string {
  const colour = result.verdict === 'held' ? colors.green : colors.red;
  return colour(comparisonVerdictOf(result));
}
