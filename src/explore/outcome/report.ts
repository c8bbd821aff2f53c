/**
 * What an exploration found, as text for people.
 */
import type { Failure } from './failure.ts';
import type { ExploreResult } from './result.ts';
import { threadName } from '../trace/schedule-string.ts';
import { traceTable } from './trace-table.ts';

/** The report of an exploration; `seed` and other choices of a sampling search are part of it. */
export function formatResult(result: ExploreResult): string {
  const { failure, failures } = result;
  const figures = formatFigures(result);
  if (failure !== undefined) return `${formatFailure(failure, result.scenario)}\n\n${figures}`;
  if (failures > 0) return `FAILED ${result.scenario}: ${count(failures, 'schedule')} failed\n${figures}`;
  return `HELD ${result.scenario}\n${figures}`;
}

/** The report of one failing schedule. */
export function formatFailure(failure: Failure, scenario: string): string {
  const threads = failure.threads.map((how, thread) => `thread ${threadName(thread)}: ${how}`);
  return [
    `FAILED ${scenario}: ${failure.kind}, with ${count(failure.preemptions, 'preemption')}`,
    failure.message,
    '',
    ...traceTable(failure),
    '',
    ...threads,
    '',
    `schedule ${failure.schedule}`,
    `trace hash ${failure.traceHash}`,
  ].join('\n');
}

function formatFigures(result: ExploreResult): string {
  const parts = [
    `${count(result.schedules, 'schedule')} (${number(result.schedulesPerSecond)}/s)${shardOf(result)}, ${scopeOf(result)}`,
    `crash points tried: ${number(result.crashPoints.length)}, races: ${number(result.races)}`,
  ];
  if (result.failedCrashPoints.length > 0)
    parts.push(`deaths that made it fail: ${result.failedCrashPoints.join(' ')}`);
  if (result.outcomes.size > 1) parts.push(`outcomes: ${outcomesOf(result)}`);
  if (result.rescued > 0) parts.push(`${count(result.rescued, 'schedule')} went on only because a wait timed out`);
  parts.push(...result.limits.map((limit) => `limit: ${limit}`));
  parts.push(...result.warnings.map((warning) => `warning: ${warning}`));
  return parts.join('\n');
}

function scopeOf(result: ExploreResult): string {
  const { strategy, complete, exhaustive, bound } = result;
  const end = result.stopped === 'time' || result.stopped === 'interrupted' ? `, ${STOPPED[result.stopped]}` : '';
  if (strategy.kind === 'random') return `a random sample, seed ${strategy.seed}${end}`;
  if (strategy.kind === 'pct') return `a sample by PCT with depth ${strategy.depth}, seed ${strategy.seed}${end}`;
  if (!complete) return partOf(result);
  if (exhaustive) return 'complete: nothing was cut off';
  return bound === null ? 'complete within the limits below' : `complete up to ${count(bound, 'preemption')}`;
}

const STOPPED = { failure: 'stopped at the failure', time: 'stopped by the limit of time', interrupted: 'interrupted' };

/** What a search that did not come to its end has covered. */
function partOf({ stopped, triedUpTo }: ExploreResult): string {
  if (stopped === 'failure') return STOPPED.failure;
  if (stopped === null) return 'not complete, see the warnings';
  const covered =
    triedUpTo === null || triedUpTo < 0
      ? 'not even'
      : `every one with at most ${count(triedUpTo, 'preemption')} but not`;
  return `${STOPPED[stopped]}: ${covered} all with ${count((triedUpTo ?? -1) + 1, 'preemption')}`;
}

const shardOf = ({ shard }: ExploreResult): string =>
  shard.count > 1 ? ` of shard ${shard.index + 1} of ${shard.count}` : '';

const outcomesOf = ({ outcomes }: ExploreResult): string =>
  [...outcomes].map(([outcome, schedules]) => `${outcome} (${number(schedules)})`).join(', ');

const number = (value: number): string => value.toLocaleString('en-US');

const count = (value: number, noun: string): string => `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
