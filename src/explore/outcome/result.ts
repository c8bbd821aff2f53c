/**
 * What an exploration found, and the figures that go into reports and JSON.
 */
import { CrashPoint, Word, type Board } from '../engine/board.ts';
import { gapsOf, limitsOf } from './limits.ts';
import type { Failure, FailureKind } from './failure.ts';
import type { Settings, Shard } from '../host/messages.ts';
import type { TraceEntry } from '../trace/tracer.ts';
import { threadName } from '../trace/schedule-string.ts';
import type { Jobs, Stopped } from '../host/jobs.ts';
import type { Session } from '../host/session.ts';
import { UNBOUNDED, type Strategy } from '../search/strategy.ts';

/** The figures of an exploration. */
export interface Summary {
  /** The scenario's name. */
  readonly scenario: string;
  /** Different schedules that ran to their end; those cut because they are equivalent to others do not count. */
  readonly schedules: number;
  /** Schedules cut because an equivalent one is tried. */
  readonly pruned: number;
  /** Whether every schedule was tried within `limits`; false for a sample, after a failure, or with a gap. */
  readonly complete: boolean;
  /** Whether, besides, no bound and no timeout that had to wait cut anything off. */
  readonly exhaustive: boolean;
  /** The bounds and rules that kept schedules from being tried, as far as they did. */
  readonly limits: readonly string[];
  /** Schedules in which nobody could have gone on, had not a wait timed out: a lost wake-up may hide behind them. */
  readonly rescued: number;
  /** The bound on preemptions of a depth-first search; `null` for a search that samples, or without a bound. */
  readonly bound: number | null;
  /** Places at which a death was tried, like `a@7`: thread a, right before its 7th operation. */
  readonly crashPoints: readonly string[];
  /** Those of them with a schedule that failed. */
  readonly failedCrashPoints: readonly string[];
  /** Schedules that failed; more than one only with `stopAtFailure: false`. */
  readonly failures: number;
  readonly races: number;
  /** Why the search ended before everything was tried; `null` where it did not. */
  readonly stopped: Stopped | null;
  /** Every schedule with at most so many preemptions was tried, within `limits`; −1 for none, `null` for a sample. */
  readonly triedUpTo: number | null;
  /** Runs, of schedules that count and of others. */
  readonly runs: number;
  /** Runs in a second. */
  readonly schedulesPerSecond: number;
  /** What the explorer did not see or could not decide, one line each; a warning changes no verdict. */
  readonly warnings: readonly string[];
  /** Which part of the search this was. */
  readonly shard: Shard;
  /** How schedules were chosen. */
  readonly strategy: Strategy;
}

/** What an exploration found. */
export interface ExploreResult extends Summary {
  readonly outcome: 'held' | 'failed';
  /** The first failure, unless the search was to go on after failures. */
  readonly failure: Failure | undefined;
  /** What `check` returned, each with the number of schedules. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** The schedules tried, where they were recorded. */
  readonly tried: readonly string[];
}

/** The figures of all jobs of a search. */
export function summarize(jobs: Jobs, settings: Settings, seconds: number, stopped: Stopped | undefined): Summary {
  const [first] = jobs.sessions;
  if (first === undefined) throw new Error('a search has at least one job');
  const words = wordsOf(jobs.sessions.map(({ board }) => board));
  const { strategy } = settings;
  const bounded = strategy.kind === 'preemptions' && strategy.bound < UNBOUNDED;
  const bound = bounded ? strategy.bound : null;
  const gaps = gapsOf(words, settings.spinLimit);
  if (jobs.frontier.overflown) gaps.push('there were more branch points than the search has memory for');
  const complete = words[Word.COMPLETE] !== 0 && gaps.length === 0;
  return {
    scenario: first.name,
    schedules: words[Word.SCHEDULES],
    pruned: words[Word.PRUNED],
    complete,
    exhaustive: complete && words[Word.BOUND_CUT] === 0 && words[Word.HELD_BACK] === 0,
    limits: limitsOf(words, settings.spinLimit, bound),
    bound,
    rescued: words[Word.RESCUED],
    crashPoints: crashPointsOf(jobs.sessions, first.shape.threads, CrashPoint.TRIED),
    failedCrashPoints: crashPointsOf(jobs.sessions, first.shape.threads, CrashPoint.FAILED),
    failures: words[Word.FAILURES],
    races: words[Word.RACES],
    stopped: stopped ?? null,
    triedUpTo: strategy.kind === 'preemptions' ? (complete ? jobs.frontier.level : jobs.frontier.level - 1) : null,
    runs: words[Word.BEGUN],
    schedulesPerSecond: Math.round(words[Word.BEGUN] / seconds),
    warnings: [
      ...gaps,
      ...idleThreads(jobs, first.shape.threads).map(
        (thread) => `thread ${threadName(thread)} executed no operation on memory under control, in any schedule`,
      ),
      ...new Set(jobs.sessions.flatMap(({ warnings }) => [...warnings])),
    ],
    shard: settings.shard,
    strategy,
  };
}

/** Threads that executed no operation that the explorer could control. */
export function idleThreads(jobs: Jobs, threads: number): number[] {
  const boards = jobs.sessions.map(({ board }) => board);
  const all = Array.from({ length: threads }, (_, thread) => thread);
  return all.filter((thread) => boards.every(({ controlled }) => controlled[thread] === 0));
}

/** What `check` returned in all jobs, and the schedules that were recorded. */
export function reportsOf(jobs: Jobs): Pick<ExploreResult, 'outcomes' | 'tried'> {
  const outcomes = new Map<string, number>();
  for (const { report } of jobs.sessions) {
    for (const [outcome, count] of report.outcomes) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
  }
  return { outcomes, tried: jobs.sessions.flatMap(({ report }) => report.schedules) };
}

/** Counts are added; a search is complete where each job is; what one job noticed was noticed. */
function wordsOf(boards: readonly Board[]): Int32Array {
  const [first, ...others] = boards.map(({ words }) => words.slice());
  const sum = first ?? new Int32Array(Word.END);
  for (const words of others) {
    for (let word = 0; word < Word.END; word++)
      sum[word] = word === Word.COMPLETE ? sum[word] & words[word] : sum[word] + words[word];
  }
  return sum;
}

function crashPointsOf(sessions: readonly Session[], threads: number, bit: number): string[] {
  const points: string[] = [];
  const boards = sessions.map(({ board }) => board);
  const length = boards[0]?.maxSteps ?? 0;
  for (let thread = 0; thread < threads; thread++) {
    for (let operation = 1; operation < length; operation++) {
      const isSet = boards.some(({ crashPoints }) => (crashPoints[thread * length + operation] & bit) !== 0);
      if (isSet) points.push(`${threadName(thread)}@${operation}`);
    }
  }
  return points;
}

/** The JSON report of one exploration; that of a shard says which, and names its crash points for the merge. */
export interface JsonReport {
  readonly outcome: 'held' | 'failed';
  readonly kind: FailureKind | null;
  /** What went wrong, in one line. */
  readonly message: string | null;
  readonly schedule: string | null;
  readonly traceHash: string | null;
  readonly preemptions: number | null;
  /** The steps of the failing schedule. */
  readonly trace: readonly TraceEntry[] | null;
  /** How each thread ended in it, a first. */
  readonly threads: readonly string[] | null;
  readonly schedules: number;
  readonly pruned: number;
  readonly failures: number;
  /** What `check` returned, each with the number of schedules. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly complete: boolean;
  readonly exhaustive: boolean;
  readonly limits: readonly string[];
  readonly stopped: Stopped | null;
  readonly triedUpTo: number | null;
  readonly bound: number | null;
  readonly crashPoints: number;
  readonly races: number;
  readonly schedulesPerSecond: number;
  readonly warnings: readonly string[];
  readonly shard?: { readonly index: number; readonly count: number; readonly crashPoints: readonly string[] };
}

/** A result as plain data. */
export function toJson(result: ExploreResult): JsonReport {
  const { failure, shard, crashPoints } = result;
  return {
    outcome: result.outcome,
    kind: failure?.kind ?? null,
    message: failure?.message ?? null,
    schedule: failure?.schedule ?? null,
    traceHash: failure?.traceHash ?? null,
    preemptions: failure?.preemptions ?? null,
    trace: failure?.trace ?? null,
    threads: failure?.threads ?? null,
    schedules: result.schedules,
    pruned: result.pruned,
    failures: result.failures,
    outcomes: Object.fromEntries(result.outcomes),
    complete: result.complete,
    exhaustive: result.exhaustive,
    limits: result.limits,
    stopped: result.stopped,
    triedUpTo: result.triedUpTo,
    bound: result.bound,
    crashPoints: crashPoints.length,
    races: result.races,
    schedulesPerSecond: result.schedulesPerSecond,
    warnings: result.warnings,
    ...(shard.count > 1 ? { shard: { index: shard.index + 1, count: shard.count, crashPoints } } : {}),
  };
}
