/**
 * How a search goes while it does, and an estimate of what is left.
 *
 * A sample knows its number of runs. A depth-first search is in a pass; each of the pass's branch points is taken to lead
 * to equally many schedules, and within one, each choice of a node. What waits for the next pass was counted so far, and
 * is scaled up likewise. The schedules of the passes after that follow from how fast passes grow: of n steps, k can be
 * chosen for preemptions in (n − k + 1) / k times as many ways as k − 1.
 */
import { Word } from '../engine/board.ts';
import type { Jobs } from '../host/jobs.ts';
import type { Settings } from '../host/messages.ts';
import { UNBOUNDED, type Strategy } from '../search/strategy.ts';

/** How a search goes. */
export interface Progress {
  readonly seconds: number;
  /** Schedules tried so far, and those cut because an equivalent one is tried. */
  readonly schedules: number;
  readonly pruned: number;
  readonly schedulesPerSecond: number;
  /** Preemptions of the schedules that are tried now; `null` for a sample. */
  readonly preemptions: number | null;
  /** How much of the pass at hand, or of the sample, was tried: from 0 to 1. */
  readonly fraction: number;
  /** An estimate of the schedules that are left; at least so many where no bound says how many passes there are. */
  readonly schedulesLeft: number;
  readonly isLowerBound: boolean;
}

/** The state of a search that runs. */
export function progressOf(jobs: Jobs, settings: Settings, seconds: number): Progress {
  const schedules = total(jobs, Word.SCHEDULES);
  const pruned = total(jobs, Word.PRUNED);
  const { strategy } = settings;
  const base = { seconds, schedules, pruned, schedulesPerSecond: Math.round(total(jobs, Word.BEGUN) / seconds) };
  if (strategy.kind !== 'preemptions') return { ...base, ...ofSample(strategy.runs / settings.shard.count, schedules) };
  const { level } = jobs.frontier;
  const { here, waiting } = jobs.frontier.branchPoints();
  const boards = jobs.sessions.map(({ board }) => board).filter(({ words }) => words[Word.BOUND] === level);
  const tried = boards.reduce((sum, { weight }) => sum + (weight[1] ?? 0), 0);
  const fraction = here === 0 ? 0 : Math.min(1, tried / here);
  const pass = { level, fraction, waiting, schedules: schedules - total(jobs, Word.PASS_BEGAN, level) };
  const isLowerBound = strategy.bound === UNBOUNDED;
  return { ...base, preemptions: level, fraction, schedulesLeft: estimate(pass, strategy), isLowerBound };
}

/** What is known of the pass at hand. */
export interface Pass {
  readonly level: number;
  /** How much of it was tried, and how many schedules that were. */
  readonly fraction: number;
  readonly schedules: number;
  /** Branch points found so far for the next pass. */
  readonly waiting: number;
}

/** The schedules that are left of the pass at hand and of those up to the bound, or of the next alone without a bound. */
export function estimate(pass: Pass, { bound }: Strategy & { kind: 'preemptions' }): number {
  const share = Math.max(pass.fraction, 1e-6);
  let schedules = pass.schedules / share;
  let left = schedules - pass.schedules;
  let next = pass.waiting / share;
  const last = bound === UNBOUNDED ? pass.level + 1 : bound;
  for (let level = pass.level + 1; level <= last && next >= 1; level++) {
    left += next;
    const growth = next / Math.max(schedules, 1);
    schedules = next;
    next *= growth * (level / (level + 1));
  }
  return Math.round(left);
}

function ofSample(
  runs: number,
  done: number,
): Pick<Progress, 'preemptions' | 'fraction' | 'schedulesLeft' | 'isLowerBound'> {
  const fraction = Math.min(1, done / runs);
  return { preemptions: null, fraction, schedulesLeft: Math.max(0, Math.ceil(runs) - done), isLowerBound: false };
}

/** The sum of a word over all jobs, or of those that are at a level. */
function total({ sessions }: Jobs, word: number, level?: number): number {
  const counted = sessions.filter(({ board }) => level === undefined || board.words[Word.BOUND] === level);
  const others = level === undefined ? [] : sessions.filter((session) => !counted.includes(session));
  const sum = counted.reduce((sum_, { board }) => sum_ + board.words[word], 0);
  return others.reduce((sum_, { board }) => sum_ + board.words[Word.SCHEDULES], sum);
}
