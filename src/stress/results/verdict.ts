/**
 * What a run comes to, in words: the same on the terminal and in the report.
 */
import { count } from '../../quantity.ts';
import { sum } from '../../sum.ts';
import type { CompareResult, StressResult } from './stress-result.ts';
import type { Violation } from './violation.ts';

/** The verdict of a stress run in one sentence. */
export function verdictOf({ verdict, interrupted, operations, seconds, runs, violations }: StressResult): string {
  const threads = Math.max(0, ...runs.map((run) => run.threads));
  const work = `${count(operations)} operations on up to ${threads} threads in ${seconds.toFixed(1)} s`;
  const when = `${interrupted ? 'Interrupted after' : 'After'} ${work}${deathsAmong(runs)}`;
  if (verdict === 'held' && operations === 0) return `${when}: nothing was tried.`;
  if (verdict === 'held') return `${when}: nothing was lost, nothing overlapped, every byte was as it was written.`;
  const kept = runs.flatMap((run) => run.firstViolations);
  return `${when}: the heap did NOT hold, with ${violationsByKind(violations, kept)}.`;
}

/** How many threads were terminated, of how many that were to be; nothing where none was. */
function deathsAmong(runs: StressResult['runs']): string {
  const wanted = sum(runs.map(({ kills }) => kills?.wanted ?? 0));
  if (wanted === 0) return '';
  const deaths = sum(runs.map(({ kills }) => kills?.deaths ?? 0));
  const number = deaths < wanted ? `${count(deaths)} of ${count(wanted)}` : count(deaths);
  return `, with ${number} ${wanted === 1 ? 'thread' : 'threads'} killed at work`;
}

/** The verdict of a comparison in one sentence. */
export function comparisonVerdictOf({ rows, violations, seconds, interrupted }: CompareResult): string {
  const settings = new Set(rows.map(({ fit, slabs }) => `${fit} ${slabs}`)).size;
  const shownSettings = `${count(settings)} ${settings === 1 ? 'setting' : 'settings'}`;
  const when = `${interrupted ? 'Interrupted after' : 'After'} ${shownSettings} in ${seconds.toFixed(1)} s`;
  if (violations === 0) return `${when}: all of them held.`;
  return `${when}: the heap did NOT hold, with ${violationCount(violations)}.`;
}

function violationCount(violations: number): string {
  return `${count(violations)} ${violations === 1 ? 'violation' : 'violations'}`;
}

/** `12 violations: 9 × overlap, 3 × damage`: by kind, as far as they were kept. */
function violationsByKind(violations: number, kept: readonly Violation[]): string {
  const times = new Map<string, number>();
  for (const { kind } of kept) times.set(kind, (times.get(kind) ?? 0) + 1);
  const list = [...times].map(([kind, number]) => `${number} × ${kind}`).join(', ');
  const total = violationCount(violations);
  return violations > kept.length ? `${total}, among the first ${list}` : `${total}: ${list}`;
}

/** What was wrong, with which block. */
export function violationDetail({ detail, object, address, size }: Violation): string {
  return object === 0 ? detail : `${detail}, block ${object} of ${count(size)} bytes at ${address}`;
}

/** Where in a run it was seen. Threads are numbered from 0, as in `perThread`. */
export function violationPlace(run: string, { thread, operation }: Violation): string {
  return operation === 0 ? run : `${run}, thread ${thread}, operation ${count(operation)}`;
}
