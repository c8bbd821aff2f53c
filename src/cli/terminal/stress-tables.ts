/**
 * The tables of a stress run: one that fits a terminal, and three with the details.
 */
import type { LatencySummary, WorkloadResult } from '../../stress/results/stress-result.ts';
import { bytes, count, duration, percent, rate } from '../../quantity.ts';
import { textTable, type Column } from './text-table.ts';

const CALL_NAMES = { allocate: 'allocate', reallocate: 'reallocate', deallocate: 'deallocate', lockWait: 'lock wait' };

const NAME: Column<WorkloadResult> = { title: 'workload', kind: 'text', of: ({ name }) => name };

const RUN: readonly Column<WorkloadResult>[] = [
  NAME,
  { title: 'threads', kind: 'number', of: ({ threads }) => count(threads) },
  { title: 'operations', kind: 'number', of: ({ operations }) => count(operations) },
  { title: 'per second', kind: 'number', of: ({ operationsPerSecond }) => rate(operationsPerSecond) },
  { title: 'peak used', kind: 'number', of: ({ peakUsedBytes }) => bytes(peakUsedBytes) },
  { title: 'lock waits', kind: 'number', of: ({ lockWaits }) => count(lockWaits) },
  { title: 'rounds', kind: 'number', of: ({ rounds }) => count(rounds) },
];

const MEMORY: readonly Column<WorkloadResult>[] = [
  NAME,
  { title: 'peak live', kind: 'number', of: ({ peakLiveBytes }) => bytes(peakLiveBytes) },
  { title: 'peak used', kind: 'number', of: ({ peakUsedBytes }) => bytes(peakUsedBytes) },
  { title: 'unused inside', kind: 'number', of: ({ internalFragmentation }) => percent(internalFragmentation) },
  { title: 'free in pieces', kind: 'number', of: ({ externalFragmentation }) => percent(externalFragmentation) },
];

const THREADS: readonly Column<WorkloadResult>[] = [
  NAME,
  { title: 'slowest thread', kind: 'number', of: ({ perThread }) => rate(Math.min(...ratesOf(perThread))) },
  { title: 'fastest thread', kind: 'number', of: ({ perThread }) => rate(Math.max(...ratesOf(perThread))) },
  { title: 'remote frees', kind: 'number', of: ({ remoteFrees }) => count(remoteFrees) },
  { title: 'lock seizures', kind: 'number', of: ({ lockSeizures }) => count(lockSeizures) },
];

interface LatencyRow extends LatencySummary {
  readonly name: string;
  readonly call: string;
}

const LATENCY: readonly Column<LatencyRow>[] = [
  { title: 'workload', kind: 'text', of: ({ name }) => name },
  { title: 'call', kind: 'text', of: ({ call }) => call },
  { title: 'p50', kind: 'number', of: ({ p50 }) => duration(p50) },
  { title: 'p99', kind: 'number', of: ({ p99 }) => duration(p99) },
  { title: 'p99.9', kind: 'number', of: ({ p999 }) => duration(p999) },
  { title: 'max', kind: 'number', of: ({ max }) => duration(max) },
  { title: 'samples', kind: 'number', of: ({ samples }) => count(samples) },
];

/** @param width - of the terminal, in characters */
export function runTable(runs: readonly WorkloadResult[], width: number): string {
  return textTable(RUN, runs, width);
}

/** What each run held and wasted, how long calls took, and how fairly the threads were served. */
export function detailTables(runs: readonly WorkloadResult[], width: number): string[] {
  return [
    textTable(MEMORY, runs, width),
    textTable(LATENCY, runs.flatMap(latencyRows), width),
    textTable(THREADS, runs, width),
  ];
}

function latencyRows({ name, latencies }: WorkloadResult): LatencyRow[] {
  return Object.entries(CALL_NAMES).flatMap(([kind, call]) => {
    const summary = latencies[kind as keyof typeof CALL_NAMES];
    return summary.samples === 0 ? [] : [{ ...summary, name, call }];
  });
}

function ratesOf(perThread: WorkloadResult['perThread']): number[] {
  return perThread.length === 0 ? [0] : perThread.map(({ operationsPerSecond }) => operationsPerSecond);
}
