/** What a comparison found out, as a table: a row for each workload under each setting, the best of each workload marked. */
import type { CompareRow } from '../../stress/results/stress-result.ts';
import { bytes, count, duration, percent, rate } from '../../quantity.ts';
import { colours } from './terminal.ts';
import { textTable, type Column } from './text-table.ts';

const NANOSECONDS = 1e9;

/** A row, and whether it was the best of its workload. */
interface Ranked extends CompareRow {
  readonly isFastest: boolean;
  readonly isSmallest: boolean;
}

const best = (isBest: boolean, text: string): string => (isBest ? colours.green(text) : text);

const SETTING: readonly Column<Ranked>[] = [
  { title: 'workload', kind: 'text', of: ({ workload }) => workload },
  { title: 'fit', kind: 'text', of: ({ fit }) => fit },
  { title: 'slabs', kind: 'text', of: ({ slabs }) => (slabs ? 'on' : 'off') },
];

const MEASURES: readonly Column<Ranked>[] = [
  { title: 'time', kind: 'number', of: ({ seconds }) => duration(seconds * NANOSECONDS) },
  {
    title: 'per second',
    kind: 'number',
    of: ({ operationsPerSecond, isFastest }) => best(isFastest, rate(operationsPerSecond)),
  },
  { title: 'peak used', kind: 'number', of: ({ peakUsedBytes, isSmallest }) => best(isSmallest, bytes(peakUsedBytes)) },
  { title: 'lock waits', kind: 'number', of: ({ lockWaits }) => count(lockWaits) },
];

const DETAILS: readonly Column<Ranked>[] = [
  { title: 'operations', kind: 'number', of: ({ operations }) => count(operations) },
  { title: 'peak live', kind: 'number', of: ({ peakLiveBytes }) => bytes(peakLiveBytes) },
  { title: 'unused inside', kind: 'number', of: ({ internalFragmentation }) => percent(internalFragmentation) },
  { title: 'free in pieces', kind: 'number', of: ({ externalFragmentation }) => percent(externalFragmentation) },
];

/** @param width - of the terminal, in characters */
export function compareTable(rows: readonly CompareRow[], width: number): string {
  return textTable([...SETTING, ...MEASURES], ranked(rows), width);
}

/** What else was measured. */
export function compareDetails(rows: readonly CompareRow[], width: number): string {
  return textTable([...SETTING, ...DETAILS], ranked(rows), width);
}

function ranked(rows: readonly CompareRow[]): Ranked[] {
  return rows.map((row) => {
    const rivals = rows.filter(({ workload }) => workload === row.workload);
    return {
      ...row,
      isFastest: row.operationsPerSecond === Math.max(...rivals.map((rival) => rival.operationsPerSecond)),
      isSmallest: row.peakUsedBytes === Math.min(...rivals.map((rival) => rival.peakUsedBytes)),
    };
  });
}
