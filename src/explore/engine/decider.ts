/**
 * Who takes the next step: what a given prefix says, or else what the search chooses; and the end of a schedule in which
 * nobody can.
 */
import { DEATH, Flag, Loop, Verdict, Word, type Board, type VerdictCode } from './board.ts';
import type { Chooser } from './chooser.ts';
import { resolveStalemate, timeOut } from './stalemate.ts';
import { blamesLoop } from './recheck.ts';
import type { StepLog } from './step-log.ts';
import type { WaitQueue } from './wait-queue.ts';

/** Returned in place of a choice when the schedule is over. */
export const OVER = -2;

/** The same in every worker: all it knows is on the board. */
export class Decider {
  readonly #board: Board;
  readonly #queue: WaitQueue;
  readonly #steps: StepLog;
  readonly #eagerTimeouts: boolean;
  /** The chooser of each `Mode`. */
  choosers: readonly Chooser[] = [];
  /** Told that a timeout of a thread fired, which is a step. */
  onTimeout: (thread: number) => void = () => undefined;

  constructor(board: Board, queue: WaitQueue, steps: StepLog, eagerTimeouts: boolean) {
    this.#board = board;
    this.#queue = queue;
    this.#steps = steps;
    this.#eagerTimeouts = eagerTimeouts;
  }

  /** The chooser in charge. */
  get chooser(): Chooser {
    const chooser = this.choosers[this.#board.words[Word.MODE]];
    if (chooser === undefined) throw new Error('the scheduler was used before it was set up');
    return chooser;
  }

  /** Chooses who takes the next step, after the timeouts that fire before it; the caller holds the baton. */
  decide(): number {
    const board = this.#board;
    const { words, chosen, flags, previous, spin } = board;
    const step = words[Word.STEP];
    if (words[Word.ENABLED] === 0) {
      const verdict = resolveStalemate(board, this.#queue, this.#eagerTimeouts);
      if (verdict !== Verdict.NONE) return this.end(verdict);
    }
    if (step >= board.maxSteps) return this.end(Verdict.LIVELOCK);
    if (this.#eagerTimeouts) this.#offerTimeouts();
    else if (this.#queue.length > 0 && words[Word.HELD_BACK] === 0) this.#noteHeldBack();
    if (step + 1 >= words[Word.SPIN_KNOWN]) spin[step + 1] = Loop.NONE;
    const given = step < words[Word.PREFIX];
    const current = words[Word.CURRENT];
    previous[step] = current;
    flags[step] = current >= 0 && (words[Word.ENABLED] & (1 << current)) !== 0 ? Flag.COSTS : 0;
    const choice = given ? chosen[step] : this.chooser.choose(step);
    if (choice < 0) return this.end(Verdict.PRUNED);
    words[Word.DEPTH] = Math.max(words[Word.DEPTH], step + 1);
    if ((words[Word.TIMED] & ~words[Word.ENABLED] & (1 << choice)) !== 0)
      return this.#fire(choice) ? this.decide() : OVER;
    if (given && !this.#canTakeStep(choice & ~DEATH)) return this.#miss(step);
    this.#take(choice & ~DEATH, step);
    return choice;
  }

  /** The schedule is over, and no thread in particular is to blame. */
  end(verdict: VerdictCode): typeof OVER {
    this.#board.words[Word.VERDICT] = verdict;
    this.#board.words[Word.FAILED_THREAD] = -1;
    return OVER;
  }

  /** What a choice costs. */
  #take(thread: number, step: number): void {
    const { words, flags } = this.#board;
    if (thread === words[Word.CURRENT]) return;
    if ((flags[step] & Flag.COSTS) !== 0) words[Word.COST]++;
    words[Word.IN_A_ROW] = 0;
  }

  #canTakeStep(thread: number): boolean {
    const { words } = this.#board;
    if (words[Word.ALONE] !== 0) return thread === words[Word.CURRENT];
    return (words[Word.ENABLED] & (1 << thread)) !== 0;
  }

  /** A given prefix wants a thread to go on that cannot. */
  #miss(step: number): typeof OVER {
    const { words } = this.#board;
    if (blamesLoop(this.#board)) return OVER;
    if (words[Word.COUNTING] !== 0) return this.end(Verdict.PRUNED);
    words[Word.DIVERGED_AT] = step;
    words[Word.DIVERGED_KEY] = -1;
    return this.end(Verdict.NONDETERMINISM);
  }

  /** A timeout that could fire does not, as long as another thread can run. */
  #noteHeldBack(): void {
    if ((this.#queue.timed() & ~this.#board.words[Word.ENABLED]) !== 0) this.#board.words[Word.HELD_BACK] = 1;
  }

  /** Every timeout may fire now; where nobody can run, the earliest is due. */
  #offerTimeouts(): void {
    const { words } = this.#board;
    words[Word.TIMED] = this.#queue.timed() & ~words[Word.ENABLED];
    words[Word.DUE] = words[Word.ENABLED] === 0 ? 1 << this.#queue.nextToTimeOut() : 0;
  }

  /**
   * The earliest timeout of a thread fires, and is a step of its own: others may come between it and what the thread does
   * then. False if the schedule ends here.
   */
  #fire(thread: number): boolean {
    const { words } = this.#board;
    if ((words[Word.DUE] & (1 << thread)) === 0) words[Word.COST]++;
    timeOut(this.#board, this.#queue, 1 << thread);
    if (!this.#steps.fire(thread)) return false;
    this.onTimeout(thread);
    return true;
  }
}
