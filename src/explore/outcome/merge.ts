/**
 * Joins the JSON reports of a search that was split into shards. Together the shards try exactly the schedules of the
 * whole, so counts are added; crash points are united, because shards may meet the same.
 */
import type { JsonReport } from './result.ts';

/** Reports that do not belong together, or are no reports. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
}

/** @throws MergeError unless the reports are those of all shards of one search, each once */
export function mergeReports(reports: readonly JsonReport[]): JsonReport {
  checkShards(reports);
  const [first] = reports;
  if (first === undefined) throw new MergeError('there are no reports to merge');
  const failed = reports.filter(({ outcome }) => outcome === 'failed');
  const worst = failed.find(({ schedule }) => schedule !== null) ?? failed[0];
  const sum = (figure: (report: JsonReport) => number): number =>
    reports.reduce((total, report) => total + figure(report), 0);
  const union = (texts: (report: JsonReport) => readonly string[]): string[] => [...new Set(reports.flatMap(texts))];
  return {
    outcome: failed.length > 0 ? 'failed' : 'held',
    kind: worst?.kind ?? null,
    message: worst?.message ?? null,
    schedule: worst?.schedule ?? null,
    traceHash: worst?.traceHash ?? null,
    preemptions: worst?.preemptions ?? null,
    trace: worst?.trace ?? null,
    threads: worst?.threads ?? null,
    schedules: sum(({ schedules }) => schedules),
    pruned: sum(({ pruned }) => pruned),
    failures: sum(({ failures }) => failures),
    outcomes: outcomesOf(reports),
    complete: reports.every(({ complete }) => complete),
    exhaustive: reports.every(({ exhaustive }) => exhaustive),
    limits: union(({ limits }) => limits),
    stopped: reports.find(({ stopped }) => stopped !== null)?.stopped ?? null,
    triedUpTo: first.triedUpTo === null ? null : Math.min(...reports.map(({ triedUpTo }) => triedUpTo ?? -1)),
    bound: first.bound,
    crashPoints: new Set(reports.flatMap(({ shard }) => shard?.crashPoints ?? [])).size,
    races: sum(({ races }) => races),
    schedulesPerSecond: sum(({ schedulesPerSecond }) => schedulesPerSecond),
    warnings: union(({ warnings }) => warnings),
  };
}

function outcomesOf(reports: readonly JsonReport[]): Record<string, number> {
  const outcomes: Record<string, number> = {};
  for (const report of reports) {
    for (const [outcome, count] of Object.entries(report.outcomes))
      outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
  }
  return outcomes;
}

/** A report from the text of a JSON file. @throws MergeError */
export function parseReport(text: string, source: string): JsonReport {
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    throw new MergeError(`${source}: not JSON`);
  }
  const { outcome, schedules, shard } = (report ?? {}) as Partial<JsonReport>;
  if ((outcome !== 'held' && outcome !== 'failed') || typeof schedules !== 'number') {
    throw new MergeError(`${source}: no report of the explorer`);
  }
  if (shard === undefined) throw new MergeError(`${source}: not the report of a shard`);
  return report as JsonReport;
}

function checkShards(reports: readonly JsonReport[]): void {
  const count = reports[0]?.shard?.count ?? 0;
  const indexes = new Set(reports.map(({ shard }) => shard?.index));
  if (reports.some(({ shard }) => shard?.count !== count)) throw new MergeError('the shards are not of one search');
  if (reports.some(({ bound }) => bound !== reports[0]?.bound)) throw new MergeError('the shards had different bounds');
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((index) => !indexes.has(index));
  if (missing.length > 0)
    throw new MergeError(`shards are missing: ${missing.map((index) => `${index}/${count}`).join(' ')}`);
  if (reports.length > count) throw new MergeError('a shard is there more than once');
}
