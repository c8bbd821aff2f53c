/**
 * When a thread that re-reads unchanged memory is let go on, and when it steps back until memory changes.
 *
 *     third round of the same reads ──probe: run on alone──▶ leaves by itself, or is elsewhere in the code after
 *                                          │                 `spinLimit` re-reads, and does not come back within as
 *                                          │                 many more: ENDING, the schedule is run again,
 *                                          │                 and every re-read is a step like any other; so is each
 *                                          │                 at once in loops at that place, until one does not end
 *                                          └─still there after `spinLimit` re-reads─▶ ENDLESS: the thread steps back
 *
 * **Why that loses nothing.** Two rounds of every loop are steps in any case, so other threads come between at each of
 * their reads. Passing over the rounds after them leaves out only schedules in which the thread looks more often before
 * memory changes. If the loop ends by itself, the number of rounds is part of the thread's state, and none may be left
 * out: none is. If it has no end, and what the thread keeps in its variables is the same after each round, the thread
 * is in the same state however often it looked, and the schedules left out lead where those that are tried lead.
 *
 * **What is known and what is assumed.** A loop is known to be endless by running it: alone, on memory as it is, which
 * is all that it can see; a loop that ends after more than `spinLimit` re-reads is taken to be endless, and the verdict
 * is not complete if that is ever noticed (`LONG_LOOPS`, by a look ten times as long when a place of the code is met for
 * the first time, and one a hundred times as long before a livelock is reported). The variables of a thread cannot be
 * seen. But wherever the search comes by the same loop again, it passes over none of the re-reads, and so does a
 * repetition of some schedules as a whole: a thread that counts its rounds then goes another way, with other operations
 * or values (`COUNTING`), and the verdict is not complete either.
 *
 * What is found out about a loop holds for its step in its schedule alone, `Board.spin`: with other variables the same
 * place in the code may end, or not. The steps up to `SPIN_KNOWN` have been there before with the same choices.
 * Time and chance stand still while re-reads are passed over: a loop that waits for a deadline is an endless one, and
 * its deadline passes when nothing else can run.
 */
import { callSite } from './call-site.ts';
import { Loop, Verdict, Word, type Board } from './board.ts';
import type { Element, IntegerView } from './native-atomics.ts';
import { Persisting, stepBack } from './step-back.ts';
import { SpinWatch } from './spin-watch.ts';

/** What a thread is to do with the operation before which it stands. */
export const Look = {
  /** Take it as a step. */ STEP: 0,
  /** Execute it, but not as a step. */ PASS: 1,
  /** Let others go first. */ STEP_BACK: 2,
  /** Give up: the schedule is to be run again. */ RETRY: 3,
} as const;

/** How a thread goes through the loop that it is in. */
const Going = {
  /** It is in no loop. */ FREE: 0,
  /** Alone, to see whether the loop ends; nothing of it is a step. */ PROBING: 1,
  /** Alone, because nobody else can run. */ LOOKING: 2,
  /** Step by step, because the loop is known to end. */ STEPPING: 3,
} as const;

/** How much longer the last look is that is taken before a livelock is reported. */
const PATIENCE = 100;
/** How much longer each place of the code is looked at once, and how many places are. */
const FIRST_PATIENCE = 10;
const MOST_PLACES = 256;

/** One worker's part in it. */
export class Spin {
  readonly watch = new SpinWatch();
  /** Called when re-reads begin to be passed over, and when the thread steps back after that. */
  onPassing: () => void = () => undefined;
  onSteppingBack: () => void = () => undefined;
  readonly #board: Board;
  readonly #me: number;
  readonly #limit: number;
  #going: number = Going.FREE;
  /** Re-reads that were passed over, and how many are before it is decided what the loop is; always whole rounds. */
  #passed = 0;
  #patience = 0;
  #round = 1;
  /** Where the thread was when it began to be watched. */
  #site = 0;
  /** Places at which it was looked for a long time, once. */
  readonly #lookedAt = new Set<number>();
  /** Places of loops that ended, and whether all did: what is met there is taken to end without a probe. */
  readonly #endings = new Map<number, boolean>();
  #isGuess = false;
  /** The places of a loop that is known to end, in its first round. */
  readonly #sites = new Set<number>();
  /** Steps in that loop, and those since the thread was last where it began to be watched. */
  #stepped = 0;
  #steppedAway = 0;
  /** Whether it read the clock since it came to the loop. */
  #readClock = false;

  constructor(board: Board, me: number, limit: number) {
    this.#board = board;
    this.#me = me;
    this.#limit = limit;
  }

  /** Whether the thread runs alone to see whether its loop ends. */
  get isProbing(): boolean {
    return this.#going === Going.PROBING;
  }

  /** Whether the thread is in a loop that is known to end. */
  get isEnding(): boolean {
    return this.#going === Going.STEPPING;
  }

  /** The thread reads the clock: a loop may wait for a deadline, which passes when nothing else can run. */
  noteClock(): void {
    this.#readClock = true;
    if (this.isProbing || this.isEnding) this.#board.words[Word.HELD_BACK] = 1;
  }

  /** The thread begins. */
  restart(): void {
    this.watch.progress();
    this.#going = Going.FREE;
  }

  /** What to do with an operation; `view`, `index` and the operands tell whether it would change anything. */
  look(key: number, view: IntegerView, index: number, operand: Element, second: Element): number {
    if (!this.watch.repeats(key, view, index, operand, second)) return this.leave();
    const what = this.#going === Going.FREE ? this.#enter() : this.#goOn();
    if (what === Look.PASS) this.watch.note(key, view[index] ?? 0);
    return what;
  }

  /** The thread steps back. */
  stepBack(): void {
    this.#going = Going.FREE;
    stepBack(this.#board, this.#me, this.watch.addresses());
  }

  /** The thread is about to end, sleep or do something else than a loop would do that it is in. */
  leave(): number {
    const { persisting, spin, words } = this.#board;
    const going = this.#going;
    const wasStuck = persisting[this.#me] !== Persisting.NOT;
    this.#going = Going.FREE;
    persisting[this.#me] = Persisting.NOT;
    if (going === Going.LOOKING && this.#passed > 0) this.#noteLateEnd();
    else if (wasStuck && this.#readClock && words[Word.CLOCK_JUMPED] !== 0) words[Word.RESCUED_NOW] = 1;
    if (going !== Going.PROBING) return Look.STEP;
    if (this.#isLong()) {
      words[Word.LONG_LOOPS]++;
      return this.#endLongLook();
    }
    spin[words[Word.STEP]] = Loop.ENDING;
    words[Word.SPIN_KNOWN] = words[Word.STEP] + 1;
    if (!this.#endings.has(this.#site) && this.#endings.size < MOST_PLACES) this.#endings.set(this.#site, true);
    return this.#retry();
  }

  /** A loop that was taken to be endless ended: a deadline passed, or it only took very long. */
  #noteLateEnd(): void {
    const { words } = this.#board;
    if (this.#readClock) words[Word.RESCUED_NOW] = 1;
    else words[Word.LONG_LOOPS]++;
  }

  #enter(): number {
    const { persisting, spin, words } = this.#board;
    this.#passed = 0;
    this.#readClock = false;
    this.#patience = this.#limit;
    this.#round = this.watch.period;
    const why = persisting[this.#me];
    if (why !== Persisting.NOT) {
      this.#going = Going.LOOKING;
      if (why === Persisting.TO_THE_LAST) this.#patience *= PATIENCE;
      return this.#goOn();
    }
    const step = words[Word.STEP];
    const isKnown = step < words[Word.SPIN_KNOWN];
    this.#isGuess = false;
    if (isKnown && spin[step] !== Loop.ENDLESS) return this.#beginStepping();
    if (isKnown && words[Word.EXACT] === 0) {
      words[Word.SHORTENED]++;
      return Look.STEP_BACK;
    }
    this.#site = this.#callSite();
    if (this.#endings.get(this.#site) === true && step + this.#longestGuess() < this.#board.maxSteps) {
      spin[step] = Loop.ENDING;
      this.#isGuess = true;
      return this.#beginStepping();
    }
    this.#going = Going.PROBING;
    this.onPassing();
    return this.#pass();
  }

  /** More steps than a loop takes that a probe finds to end. */
  #longestGuess(): number {
    return 3 * this.#limit;
  }

  #beginStepping(): number {
    this.#going = Going.STEPPING;
    this.#sites.clear();
    this.#site = this.#callSite();
    this.#stepped = 0;
    this.#steppedAway = 0;
    return this.#step();
  }

  /**
   * One more step in a loop that is known to end. Elsewhere in the code, what is repeated is another loop; it may begin
   * in what would be the first round of this one, but then the thread does not come back to where it was. Of a loop that
   * is only taken to end, it may as well be the other half, where both read one word: a probe has to tell.
   */
  #step(): number {
    const site = this.#callSite();
    this.#steppedAway = site === this.#site ? 0 : this.#steppedAway + 1;
    if (this.#stepped++ < this.watch.period) this.#sites.add(site);
    const isElsewhere = !this.#sites.has(site) || this.#steppedAway > this.watch.period;
    if (this.#isGuess && (isElsewhere || this.#stepped > this.#longestGuess())) {
      this.#endings.set(this.#site, false);
      return this.#retry();
    }
    if (isElsewhere) {
      this.#going = Going.FREE;
      this.watch.progress();
    }
    return Look.STEP;
  }

  #goOn(): number {
    if (this.#going === Going.STEPPING) return this.#step();
    if (this.#passed < this.#patience || this.#passed % this.#round !== 0) return this.#pass();
    return this.#going === Going.PROBING ? this.#judge() : Look.STEP_BACK;
  }

  /** Much was passed over: the thread is where it was, or elsewhere, or a round of its loop has very many places. */
  #judge(): number {
    const { spin, words } = this.#board;
    if (this.#callSite() !== this.#site)
      return this.#passed < this.#patience + this.#limit ? this.#pass() : this.leave();
    if (this.#isLong()) return this.#endLongLook();
    if (!this.#lookedAt.has(this.#site) && this.#lookedAt.size < MOST_PLACES) {
      this.#patience = this.#limit * FIRST_PATIENCE;
      return this.#pass();
    }
    spin[words[Word.STEP]] = Loop.ENDLESS;
    words[Word.PROBED]++;
    words[Word.ENDLESS_LOOPS]++;
    this.onSteppingBack();
    return Look.STEP_BACK;
  }

  #pass(): number {
    this.#passed++;
    return Look.PASS;
  }

  #isLong(): boolean {
    return this.#patience > this.#limit;
  }

  /** The thread was looked at for a long time, which must not show: it has made more rounds than it will again. */
  #endLongLook(): number {
    this.#lookedAt.add(this.#site);
    return this.#retry();
  }

  #retry(): number {
    this.#going = Going.FREE;
    this.#board.words[Word.VERDICT] = Verdict.RETRY;
    return Look.RETRY;
  }

  #callSite(): number {
    // oxlint-disable-next-line typescript/unbound-method -- it is looked for on the stack, and not called
    return callSite(this.look);
  }
}
