/**
 * The two searches that sample: the random walk, and PCT's walk by priorities. A run's numbers depend on the seed and
 * the run alone, so any run can be repeated, and the shards of a search share its runs out.
 *
 * Deaths fall on steps drawn in advance, uniformly over the measured length of a run; so do PCT's changes of
 * priority, which would be ten times less likely to matter with a guessed length.
 */
import { DEATH, Word, type Board } from '../engine/board.ts';
import { bitCount, lowest, nthBit, type Chooser } from '../engine/chooser.ts';
import { following, fraction, seeded } from '../../xorshift.ts';

/** What a walk needs to know. */
export interface WalkPlan {
  readonly threads: number;
  readonly runs: number;
  readonly seed: number;
  readonly deaths: number;
  readonly shard: { readonly index: number; readonly count: number };
}

/** A timeout that may fire early is a choice in one of this many cases. */
const EARLY = 8;
const FIRST_LENGTH = 20;

abstract class Walk implements Chooser {
  protected readonly board: Board;
  protected readonly plan: WalkPlan;

  constructor(board: Board, plan: WalkPlan) {
    this.board = board;
    this.plan = plan;
  }

  /** Picks the thread that takes the step from a mask that is not empty. */
  protected abstract pick(step: number, mask: number): number;

  /** Draws what a run needs besides its deaths. */
  protected abstract prepare(length: number): void;

  choose(step: number): number {
    const { words, chosen } = this.board;
    if (step === 0) this.#begin();
    const alone = words[Word.ALONE] !== 0;
    const enabled = alone ? 1 << words[Word.CURRENT] : words[Word.ENABLED];
    const timed = alone ? 0 : words[Word.TIMED];
    const optional = timed !== 0 && (enabled === 0 || this.draw(EARLY) === 0) ? timed : 0;
    const thread = this.pick(step, enabled | optional);
    const dies = this.#diesAt(step) && (words[Word.TIMED] & (1 << thread)) === 0;
    chosen[step] = dies ? thread | DEATH : thread;
    return chosen[step];
  }

  advance(): boolean {
    const { words } = this.board;
    words[Word.LENGTH] = Math.max(words[Word.LENGTH], words[Word.STEP]);
    words[Word.PREFIX] = 0;
    words[Word.SPIN_KNOWN] = 0;
    words[Word.CHECKED] = 0;
    words[Word.RUN] += this.plan.shard.count;
    return words[Word.RUN] < this.plan.runs;
  }

  counts(): boolean {
    return true;
  }

  /** A number from 0 to `below` − 1. */
  protected draw(below: number): number {
    const { words } = this.board;
    words[Word.RANDOM] = following(words[Word.RANDOM]);
    return Math.floor(fraction(words[Word.RANDOM]) * below);
  }

  #begin(): void {
    const { words, deathAt } = this.board;
    words[Word.RANDOM] = seeded(this.plan.seed, words[Word.RUN]);
    const length = words[Word.LENGTH] || FIRST_LENGTH;
    for (let death = 0; death < this.plan.deaths; death++) deathAt[death] = this.draw(length);
    this.prepare(length);
  }

  #diesAt(step: number): boolean {
    const { words, deathAt } = this.board;
    const deaths = words[Word.DEATHS];
    return deaths < this.plan.deaths && deathAt.subarray(0, this.plan.deaths).includes(step);
  }
}

/** Any thread that can run takes the next step, with equal chances. */
export class RandomWalk extends Walk {
  protected pick(_step: number, mask: number): number {
    return nthBit(mask, this.draw(bitCount(mask)));
  }

  protected prepare(): void {
    // A random walk draws as it goes.
  }
}

/** Probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi and Nagarakatte, ASPLOS 2010. */
export class PriorityWalk extends Walk {
  readonly #depth: number;

  constructor(board: Board, plan: WalkPlan, depth: number) {
    super(board, plan);
    this.#depth = depth;
  }

  protected pick(step: number, mask: number): number {
    const { changeAt, priority, words } = this.board;
    for (let change = 0; change < this.#depth - 1; change++) {
      if (changeAt[change] === step && words[Word.CURRENT] >= 0) priority[words[Word.CURRENT]] = change;
    }
    let best = lowest(mask);
    for (let rest = mask; rest !== 0; rest &= rest - 1) {
      const thread = lowest(rest);
      if (priority[thread] > priority[best]) best = thread;
    }
    return best;
  }

  /** Priorities above the depth in a random order, and the steps at which the current thread falls below all. */
  protected prepare(length: number): void {
    const { changeAt, priority } = this.board;
    for (let thread = 0; thread < this.plan.threads; thread++) {
      const other = this.draw(thread + 1);
      priority[thread] = priority[other];
      priority[other] = this.#depth + thread;
    }
    for (let change = 0; change < this.#depth - 1; change++) changeAt[change] = 1 + this.draw(length);
  }
}
