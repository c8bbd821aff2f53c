/**
 * Depth-first search over all schedules with at most BOUND preemptions, in passes with a rising bound: the first
 * failure found has the fewest preemptions. A choice that costs more preemptions than the pass allows is left to a later
 * pass, which begins there and repeats nothing: see `Frontier`. Each run is thus a schedule of its own.
 *
 * A node holds the choice made at its step and the masks of those still to try, now or later. The next schedule repeats
 * the path to the deepest node with an untried choice, takes that, and goes on by default: the same thread while it can.
 *
 * **Jobs** share one frontier. A job that runs out of entries waits for the others, which then leave it the choices of
 * their shallowest node; a pass begins when nobody has anything left of the one before.
 *
 * **Reduction** (sleep sets: Godefroid 1996), safe under a bound: where a thread p with pending step t could go on and
 * another is preferred, p sleeps until a step that depends on t was executed; nothing is lost by not choosing p before,
 * because preempting p after t instead gives an equivalent schedule that costs no more and comes earlier in the search.
 * The end of a thread belongs to its last step and takes its sleepers along, so what may wake them depends on that step.
 * At a switch that is free the equivalent schedule may cost more, so no thread is put to sleep there (compare
 * Coons, Musuvathi and McKinley, OOPSLA 2013).
 *
 * **Shards**: a schedule belongs to a shard by a hash of the first two choices in which it leaves the default. Every
 * shard runs the few schedules that leave it once, because they lead to the others, but counts its own.
 */
import { DEATH, DEATH_SHIFT, Flag, Status, Word, type Board } from '../engine/board.ts';
import { bitCount, lowest, nextThread, PRUNED, type Chooser } from '../engine/chooser.ts';
import { native } from '../engine/native-atomics.ts';
import { depends } from '../engine/operation.ts';
import { WaitQueue } from '../engine/wait-queue.ts';
import type { Entry, Frontier } from './frontier.ts';

/** What a depth-first search needs to know. */
export interface DepthFirstPlan {
  readonly bound: number;
  readonly deaths: number;
  readonly reduction: boolean;
  /** Jobs that share the frontier. */
  readonly jobs: number;
  /** This shard, from 0, and how many there are. */
  readonly shard: { readonly index: number; readonly count: number };
}

/** How a step is kept in the frontier: its choice, what its node says, and the threads asleep there. */
const Packed = { COSTS: 1 << 5, DEVIATES: 1 << 6, FIRES: 1 << 7, SPIN_SHIFT: 8, SPIN: 3, ASLEEP_SHIFT: 16 } as const;
const CHOICE = 31;
const IDLE_MS = 1;
/** Where a job that waits sleeps: nobody ever wakes it there. */
const nap = new Int32Array(new SharedArrayBuffer(4));

/** The search; its position is the board's nodes. */
export class DepthFirst implements Chooser {
  readonly #board: Board;
  readonly #plan: DepthFirstPlan;
  readonly #frontier: Frontier;
  readonly #queue: WaitQueue;

  constructor(board: Board, plan: DepthFirstPlan, frontier: Frontier) {
    this.#board = board;
    this.#queue = new WaitQueue(board);
    this.#plan = plan;
    this.#frontier = frontier;
  }

  choose(step: number): number {
    const { words, asleep, asleepAfter, chosen, later, untried, width } = this.#board;
    const current = words[Word.CURRENT];
    const alone = words[Word.ALONE] !== 0;
    const enabled = alone ? 1 << current : words[Word.ENABLED];
    const free = current < 0 || (enabled & (1 << current)) === 0;
    const sleeping = this.#plan.reduction ? this.#sleepingAt(step) : 0;
    asleep[step] = sleeping;
    asleepAfter[step] = sleeping;
    // A preemption costs one, and so does a timeout that fires early.
    const timed = alone ? 0 : words[Word.TIMED] & ~enabled;
    const awake = (enabled | timed) & ~sleeping;
    const cheap = free ? enabled : 1 << current;
    const now = awake & (cheap | words[Word.DUE]);
    const deviations = step === 0 ? 0 : this.#board.deviations[step - 1];
    this.#board.deviations[step] = deviations;
    later[step] = this.#owed(step, (awake & ~now) | this.#deathsOf(enabled & ~cheap));
    untried[step] = 0;
    width[step] = 1;
    const choices = now | this.#deathsOf(cheap);
    if (choices === 0) {
      words[Word.DEPTH] = step + 1;
      return PRUNED;
    }
    const first = now === 0 ? lowest(choices) : free ? nextThread(current, now) : current;
    const rest = choices & ~(1 << first);
    chosen[step] = first;
    if (first >= DEATH) asleepAfter[step] = 0;
    untried[step] = deviations === 1 ? this.#ownAlternatives(step, rest) : rest;
    width[step] = 1 + bitCount(untried[step]);
    return first;
  }

  advance(): boolean {
    const { words, untried } = this.#board;
    if (words[Word.WORKING] !== 0 && words[Word.DEPTH] > 0) this.#settleSchedule();
    for (let step = words[Word.DEPTH] - 1; step >= 0; step--) {
      if (untried[step] !== 0) {
        if (this.#plan.jobs > 1 && this.#frontier.isWanted(this.#plan.jobs)) this.#leaveWork(step);
        this.#takeAlternative(step);
        return true;
      }
    }
    return this.#takeEntry();
  }

  counts(): boolean {
    return this.#isOwn();
  }

  /** The deaths of a mask of threads, where one more is searched; who sleeps may die, which depends on every step. */
  #deathsOf(threads: number): number {
    const { words } = this.#board;
    return words[Word.DEATHS] < this.#plan.deaths ? threads << DEATH_SHIFT : 0;
  }

  /** Choices that cost more than this pass allows, where the next one may try them. */
  #owed(step: number, choices: number): number {
    const { words, deviations } = this.#board;
    if (choices === 0) return 0;
    if (words[Word.BOUND] >= this.#plan.bound) {
      words[Word.BOUND_CUT] = 1;
      return 0;
    }
    return deviations[step] === 1 ? this.#ownAlternatives(step, choices) : choices;
  }

  /** Puts down what the schedule that has ended leaves to later passes, and its share of this one. */
  #settleSchedule(): void {
    const { words, later } = this.#board;
    this.#push(words[Word.BOUND] + 1, later, words[Word.FRESH], words[Word.DEPTH]);
    this.#board.weight[1] += this.#weightOf(words[Word.DEPTH]);
  }

  /** The share of the level that a choice at the node of `end` stands for. */
  #weightOf(end: number): number {
    const { width, weight, words } = this.#board;
    let share = weight[0] ?? 1;
    for (let step = words[Word.ENTERED]; step < end; step++) share /= width[step];
    return share;
  }

  #push(level: number, masks: Int32Array, from: number, end: number, weight = 1): void {
    const { hashes, keys, words } = this.#board;
    const branches: { step: number; choices: number }[] = [];
    let choices = 0;
    for (let step = from; step < end; step++) {
      if (masks[step] === 0) continue;
      branches.push({ step, choices: masks[step] });
      choices += bitCount(masks[step]);
    }
    const last = branches.at(-1)?.step;
    if (last === undefined) return;
    const steps = Array.from({ length: last + 1 }, (_, step) => this.#packed(step));
    const entry = { steps, branches, weight, key: keys[last - 1] ?? 0, hash: hashes[last - 1] ?? 0 };
    this.#frontier.push(level, entry, level === words[Word.BOUND] ? 0 : choices);
  }

  #packed(step: number): number {
    const { asleep, chosen, deviations, flags, spin } = this.#board;
    const deviates = deviations[step] !== (step === 0 ? 0 : deviations[step - 1]);
    return (
      (chosen[step] & CHOICE) |
      ((flags[step] & Flag.COSTS) !== 0 ? Packed.COSTS : 0) |
      (deviates ? Packed.DEVIATES : 0) |
      ((flags[step] & Flag.FIRES) !== 0 ? Packed.FIRES : 0) |
      (spin[step] << Packed.SPIN_SHIFT) |
      (asleep[step] << Packed.ASLEEP_SHIFT)
    );
  }

  /** Leaves the choices of the shallowest node to another job; `own` is the node that this one goes on with. */
  #leaveWork(own: number): void {
    const { untried, words } = this.#board;
    const step = untried.subarray(0, own).findIndex((choices) => choices !== 0);
    if (step < 0) return;
    this.#push(words[Word.BOUND], untried, step, step + 1, this.#weightOf(step + 1));
    untried[step] = 0;
  }

  /** Goes on with branch points that this or another job put down. */
  #takeEntry(): boolean {
    const { words } = this.#board;
    while (words[Word.STOP] === 0) {
      const entry = this.#frontier.take(words[Word.WORKING] !== 0, this.#plan.bound);
      words[Word.WORKING] = 0;
      if (entry === 'over') {
        words[Word.COMPLETE] = Number(!this.#frontier.overflown);
        return false;
      }
      if (entry !== 'wait') {
        this.#enter(entry);
        return true;
      }
      words[Word.BEAT]++;
      native.wait(nap, 0, 0, IDLE_MS);
    }
    return false;
  }

  /** Puts an entry on the board and takes its deepest choice. */
  #enter({ steps, branches, key, hash, weight }: Entry): void {
    const { asleep, chosen, deviations, flags, hashes, keys, later, previous, spin, untried, width, words } =
      this.#board;
    let [count, current] = [0, -1];
    steps.forEach((packed, step) => {
      chosen[step] = packed & CHOICE;
      flags[step] = (packed & Packed.COSTS) === 0 ? 0 : Flag.COSTS;
      previous[step] = current;
      if ((packed & Packed.FIRES) !== 0) flags[step] |= Flag.FIRES;
      else current = chosen[step] & ~DEATH;
      spin[step] = (packed >>> Packed.SPIN_SHIFT) & Packed.SPIN;
      asleep[step] = packed >>> Packed.ASLEEP_SHIFT;
      if ((packed & Packed.DEVIATES) !== 0 && count++ === 0) words[Word.DEVIATION] = deviationOf(step, chosen[step]);
      deviations[step] = count;
      [untried[step], later[step], width[step]] = [0, 0, 1];
    });
    for (const { step, choices } of branches) untried[step] = choices;
    const last = steps.length - 1;
    if (last > 0) [keys[last - 1], hashes[last - 1]] = [key, hash];
    if (words[Word.BOUND] !== this.#frontier.level) {
      words[Word.PASS_BEGAN] = words[Word.SCHEDULES];
      this.#board.weight[1] = 0;
    }
    [words[Word.WORKING], words[Word.BOUND], words[Word.ENTERED]] = [1, this.#frontier.level, steps.length];
    this.#board.weight[0] = weight;
    this.#takeAlternative(last);
    // Of the steps before, only the last is known.
    words[Word.CHECKED_FROM] = Math.max(0, last - 1);
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
    words[Word.FRESH] = step + 1;
    words[Word.SPIN_KNOWN] = step + 1;
    words[Word.CHECKED] = step;
    words[Word.CHECKED_FROM] = 0;
  }

  /** The threads that sleep before `step`: those of the step before that its operation did not wake. */
  #sleepingAt(step: number): number {
    const before = step === 0 ? 0 : this.#board.asleepAfter[step - 1];
    if (before === 0) return 0;
    const { flags, key, keys, size, sizes, status } = this.#board;
    if ((flags[step - 1] & Flag.TAKES_AWAY) !== 0) return 0;
    const changed = (flags[step - 1] & Flag.CHANGED) !== 0;
    let sleeping = before;
    for (let rest = before; rest !== 0; rest &= rest - 1) {
      const thread = lowest(rest);
      const woken =
        status[thread] !== Status.READY ||
        depends(keys[step - 1], sizes[step - 1], changed, key[thread], size[thread]) ||
        (changed && this.#queue.has(thread));
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
