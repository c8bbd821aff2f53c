/**
 * Depth-first search over all schedules with at most BOUND preemptions, in passes with a rising bound: the first
 * failure found has the fewest preemptions. A pass repeats the schedules of the passes before (they are few beside its
 * own) and counts only those that use its bound up.
 *
 * A node holds the choice made at its step and the mask of those still to try. The next schedule repeats the path to
 * the deepest node with an untried choice, takes that, and goes on by default: the same thread while it can.
 *
 * **Reduction** (sleep sets: Godefroid 1996), safe under a bound: where a thread p with pending step t could go on and
 * another is preferred, p sleeps until a step that depends on t was executed; nothing is lost by not choosing p before,
 * because preempting p after t instead gives an equivalent schedule that costs no more and comes earlier in the search.
 * At a switch that is free the equivalent schedule may cost more, so no thread is put to sleep there (compare
 * Coons, Musuvathi and McKinley, OOPSLA 2013).
 *
 * **Shards**: a schedule belongs to a shard by a hash of the first two choices in which it leaves the default. Every
 * shard runs the few schedules that leave it once, because they lead to the others, but counts its own.
 */
import { DEATH, DEATH_SHIFT, Flag, Status, Word, type Board } from '../engine/board.ts';
import { lowest, nextThread, PRUNED, type Chooser } from '../engine/chooser.ts';
import { depends } from '../engine/operation.ts';

/** What a depth-first search needs to know. */
export interface DepthFirstPlan {
  readonly bound: number;
  readonly deaths: number;
  readonly reduction: boolean;
  /** This shard, from 0, and how many there are. */
  readonly shard: { readonly index: number; readonly count: number };
}

/** The search; its position is the board's nodes. */
export class DepthFirst implements Chooser {
  readonly #board: Board;
  readonly #plan: DepthFirstPlan;

  constructor(board: Board, plan: DepthFirstPlan) {
    this.#board = board;
    this.#plan = plan;
  }

  choose(step: number): number {
    const { words, asleep, asleepAfter, chosen, untried } = this.#board;
    const current = words[Word.CURRENT];
    const alone = words[Word.ALONE] !== 0;
    const enabled = alone ? 1 << current : words[Word.ENABLED];
    const free = current < 0 || (enabled & (1 << current)) === 0;
    const sleeping = this.#plan.reduction ? this.#sleepingAt(step) : 0;
    asleep[step] = sleeping;
    asleepAfter[step] = sleeping;
    const awake = this.#candidates(enabled, free, current, alone) & ~sleeping;
    if (awake === 0) return PRUNED;
    const first = free ? nextThread(current, (awake & enabled) === 0 ? awake : awake & enabled) : current;
    let rest = awake & ~(1 << first);
    if (words[Word.DEATHS] < this.#plan.deaths) rest |= (awake & enabled) << DEATH_SHIFT;
    chosen[step] = first;
    const deviations = step === 0 ? 0 : this.#board.deviations[step - 1];
    this.#board.deviations[step] = deviations;
    untried[step] = deviations === 1 ? this.#ownAlternatives(step, rest) : rest;
    return first;
  }

  advance(): boolean {
    const { words, untried } = this.#board;
    for (let step = words[Word.DEPTH] - 1; step >= 0; step--) {
      if (untried[step] !== 0) {
        this.#takeAlternative(step);
        return true;
      }
    }
    return this.#nextPass();
  }

  counts(): boolean {
    const { words } = this.#board;
    return words[Word.COST] === words[Word.BOUND] && this.#isOwn();
  }

  /** Threads that may take the step within the bound. */
  #candidates(enabled: number, free: boolean, current: number, alone: boolean): number {
    const { words } = this.#board;
    if (alone) return enabled;
    const timed = words[Word.TIMED];
    if (words[Word.COST] < words[Word.BOUND]) return enabled | timed;
    const own = free ? enabled : 1 << current;
    if (((enabled | timed) & ~own) !== 0) words[Word.BOUND_CUT] = 1;
    return own;
  }

  #takeAlternative(step: number): void {
    const { words, asleep, asleepAfter, chosen, flags, previous, untried } = this.#board;
    const choice = lowest(untried[step]);
    untried[step] &= untried[step] - 1;
    const runs = choice < DEATH;
    const deviations = step === 0 ? 0 : this.#board.deviations[step - 1];
    this.#board.deviations[step] = deviations + 1;
    if (deviations === 0) words[Word.DEVIATION] = deviationOf(step, choice);
    chosen[step] = choice;
    const preempts = runs && (flags[step] & Flag.COSTS) !== 0;
    asleepAfter[step] = runs ? asleep[step] | (preempts ? 1 << previous[step] : 0) : 0;
    words[Word.PREFIX] = step + 1;
    words[Word.SPIN_KNOWN] = step + 1;
    words[Word.CHECKED] = step;
  }

  #nextPass(): boolean {
    const { words } = this.#board;
    const cut = words[Word.BOUND_CUT] !== 0;
    if (!cut || words[Word.BOUND] >= this.#plan.bound) {
      words[Word.COMPLETE] = 1;
      return false;
    }
    words[Word.BOUND]++;
    words[Word.BOUND_CUT] = 0;
    words[Word.PREFIX] = 0;
    words[Word.SPIN_KNOWN] = 0;
    words[Word.CHECKED] = 0;
    return true;
  }

  /** The threads that sleep before `step`: those of the step before that its operation did not wake. */
  #sleepingAt(step: number): number {
    const before = step === 0 ? 0 : this.#board.asleepAfter[step - 1];
    if (before === 0) return 0;
    const { flags, key, keys, size, sizes, status } = this.#board;
    const changed = (flags[step - 1] & Flag.CHANGED) !== 0;
    let sleeping = before;
    for (let rest = before; rest !== 0; rest &= rest - 1) {
      const thread = lowest(rest);
      const woken =
        status[thread] !== Status.READY || depends(keys[step - 1], sizes[step - 1], changed, key[thread], size[thread]);
      if (woken) sleeping &= ~(1 << thread);
    }
    return sleeping;
  }

  /** Of the alternatives of a node behind one deviation, those that belong to this shard. */
  #ownAlternatives(step: number, mask: number): number {
    const { index, count } = this.#plan.shard;
    if (count === 1) return mask;
    const first = this.#board.words[Word.DEVIATION];
    let own = mask;
    for (let rest = mask; rest !== 0; rest &= rest - 1) {
      if (shardOf(first, deviationOf(step, lowest(rest)), count) !== index) own &= ~(rest & -rest);
    }
    return own;
  }

  /** Whether the schedule that has ended belongs to this shard. */
  #isOwn(): boolean {
    const { index, count } = this.#plan.shard;
    const { words, deviations } = this.#board;
    const all = deviations[words[Word.DEPTH] - 1];
    return count === 1 || all > 1 || shardOf(all === 0 ? 0 : words[Word.DEVIATION], 0, count) === index;
  }
}

const deviationOf = (step: number, choice: number): number => step * 64 + choice + 1;

/** The shard of a schedule by its first two deviations, 0 for none. */
function shardOf(first: number, second: number, count: number): number {
  let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) % count;
}
