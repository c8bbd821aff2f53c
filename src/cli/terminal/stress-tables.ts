/**
 * What a stress run found out, as text: a row for each run, the latencies of the heap's calls, the first violations,
 * and one sentence with the verdict.
 */
import colors from 'picocolors';
import type { KillResult, LatencySummary, StressResult, WorkloadResult } from '../../stress/results/stress-result.ts';
import { verdictOf, violationDetail, violationPlace } from '../../stress/results/verdict.ts';
import type { Violation } from '../../stress/results/violation.ts';
import { bytes, count, duration, percent, rate } from '../../quantity.ts';
import { newTable } from './text-table.ts';

const RUN_HEAD = [
  'workload',
  'threads',
  'rounds',
  'operations',
  'operations/s',
  'peak live',
  'peak used',
  'fragmentation\ninside, outside',
  'lock waits',
];
const LATENCY_HEAD = ['workload', 'call', 'p50', 'p99', 'p99.9', 'max', 'samples'];
const THREAD_HEAD = ['workload', 'operations/s\nslowest, fastest thread', 'remote frees', 'lock waits'];
const CALL_NAMES = { allocate: 'allocate', reallocate: 'reallocate', deallocate: 'deallocate', lockWait: 'lock wait' };
const SHOWN_VIOLATIONS = 10;

export function runTable(runs: readonly WorkloadResult[]): string {
  const table = newTable(RUN_HEAD, 1);
  for (const run of runs) {
    table.push([
      run.name,
      count(run.threads),
      count(run.rounds),
      count(run.operations),
      rate(run.operationsPerSecond),
      bytes(run.peakLiveBytes),
      bytes(run.peakUsedBytes),
      `${percent(run.internalFragmentation)}, ${percent(run.externalFragmentation)}`,
      count(run.lockWaits),
    ]);
  }
  return table.toString();
}

export function latencyTable(runs: readonly WorkloadResult[]): string {
  const table = newTable(LATENCY_HEAD, 2);
  for (const { name, latencies } of runs) {
    for (const [kind, call] of Object.entries(CALL_NAMES)) {
      const summary = latencies[kind as keyof typeof CALL_NAMES];
      if (summary.samples > 0) table.push([name, call, ...latencyCells(summary)]);
    }
  }
  return table.toString();
}

function latencyCells({ p50, p99, p999, max, samples }: LatencySummary): string[] {
  return [duration(p50), duration(p99), duration(p999), duration(max), count(samples)];
}

/** How fairly the threads were served. */
export function threadTable(runs: readonly WorkloadResult[]): string {
  const table = newTable(THREAD_HEAD, 1);
  for (const { name, perThread, remoteFrees, lockWaits } of runs) {
    const rates = perThread.map(({ operationsPerSecond }) => operationsPerSecond);
    const extremes = `${rate(Math.min(...rates))}, ${rate(Math.max(...rates))}`;
    table.push([name, extremes, count(remoteFrees), count(lockWaits)]);
  }
  return table.toString();
}

/** What the deaths did. */
export function killLines(runs: readonly WorkloadResult[]): string[] {
  return runs.flatMap(({ name, kills }) => (kills === null ? [] : [killLine(name, kills)]));
}

function killLine(name: string, kills: KillResult): string {
  const { deaths, deathsPerSecond, lockSeizures, tablesRebuilt, slabsAdopted, longestWaitMs } = kills;
  const { operationsInFlight, blocksInFlight, blocksRecovered } = kills;
  return [
    `${name}: ${count(deaths)} threads died, ${deathsPerSecond.toFixed(1)}/s, ${count(operationsInFlight)} of them inside a call.`,
    `  The lock was seized ${timesOf(lockSeizures)}, the table rebuilt ${timesOf(tablesRebuilt)}, ${count(slabsAdopted)} slabs were adopted.`,
    `  ${count(blocksRecovered)} blocks were found, verified and freed; ${count(blocksInFlight)} in flight were lost from sight.`,
    `  No thread waited longer than ${longestWaitMs.toFixed(1)} ms for the lock.`,
  ].join('\n');
}

function timesOf(number: number): string {
  return number === 1 ? 'once' : `${count(number)} times`;
}

export function violationLines(report: StressResult): string[] {
  const kept = report.runs.flatMap((run) => run.firstViolations.map((violation) => ({ run, violation })));
  const lines = kept.slice(0, SHOWN_VIOLATIONS).map(({ run, violation }) => violationLine(run.name, violation));
  const rest = report.violations - lines.length;
  return rest > 0 ? [...lines, `  … and ${count(rest)} more`] : lines;
}

function violationLine(name: string, violation: Violation): string {
  return `  ${colors.red(violation.kind)}: ${violationDetail(violation)} (${violationPlace(name, violation)})`;
}

/** The verdict in one sentence. */
export function verdict(report: StressResult): string {
  const colour = report.verdict === 'held' ? colors.green : colors.red;
  return colour(verdictOf(report));
}
