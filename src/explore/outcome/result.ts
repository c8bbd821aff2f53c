/**
 * What an exploration found, and the figures that go into reports and JSON.
 */
import { CrashPoint, Word } from '../engine/board.ts';
import { gapsOf, limitsOf } from './limits.ts';
import type { Failure, FailureKind } from './failure.ts';
import type { Settings, Shard } from '../host/messages.ts';
import { threadName } from '../trace/schedule-string.ts';
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
  /** Schedules run in a second, with those that a deeper pass repeats. */
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

/** The figures on the board. */
export function summarize(session: Session, settings: Settings, seconds: number): Summary {
  const { board, name, shape } = session;
  const { words } = board;
  const { strategy } = settings;
  const bounded = strategy.kind === 'preemptions' && strategy.bound < UNBOUNDED;
  const bound = bounded ? strategy.bound : null;
  const gaps = gapsOf(words, settings.spinLimit);
  const complete = words[Word.COMPLETE] !== 0 && gaps.length === 0;
  return {
    scenario: name,
    schedules: words[Word.SCHEDULES],
    pruned: words[Word.PRUNED],
    complete,
    exhaustive: complete && words[Word.BOUND_CUT] === 0 && words[Word.HELD_BACK] === 0,
    limits: limitsOf(words, settings.spinLimit, bound),
    bound,
    rescued: words[Word.RESCUED],
    crashPoints: crashPointsOf(session, shape.threads, CrashPoint.TRIED),
    failedCrashPoints: crashPointsOf(session, shape.threads, CrashPoint.FAILED),
    failures: words[Word.FAILURES],
    races: words[Word.RACES],
    schedulesPerSecond: Math.round(words[Word.BEGUN] / seconds),
    warnings: [...gaps, ...session.warnings],
    shard: settings.shard,
    strategy,
  };
}

function crashPointsOf({ board }: Session, threads: number, bit: number): string[] {
  const points: string[] = [];
  for (let thread = 0; thread < threads; thread++) {
    for (let operation = 1; operation < board.maxSteps; operation++) {
      if ((board.crashPoints[thread * board.maxSteps + operation] & bit) !== 0) {
        points.push(`${threadName(thread)}@${operation}`);
      }
    }
  }
  return points;
}

/** The JSON report of one exploration; that of a shard says which, and names its crash points for the merge. */
export interface JsonReport {
  readonly outcome: 'held' | 'failed';
  readonly kind: FailureKind | null;
  readonly schedule: string | null;
  readonly traceHash: string | null;
  readonly schedules: number;
  readonly complete: boolean;
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
    schedule: failure?.schedule ?? null,
    traceHash: failure?.traceHash ?? null,
    schedules: result.schedules,
    complete: result.complete,
    bound: result.bound,
    crashPoints: crashPoints.length,
    races: result.races,
    schedulesPerSecond: result.schedulesPerSecond,
    warnings: result.warnings,
    ...(shard.count > 1 ? { shard: { index: shard.index + 1, count: shard.count, crashPoints } } : {}),
  };
}
