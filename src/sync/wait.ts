/**
 * One thread's wait for one lock: what it saw, how long it has slept, and whether it goes first.
 *
 * Patience is for an owner that stands still: it starts anew whenever the lock changes hands, and only sleep that lasted
 * its whole slice counts, by the slice and not by the clock. A process that is stopped for long, or stands in a debugger,
 * loses one slice when it goes on.
 */
import { RESERVED } from './lock-word.ts';
import type { WaitOutcome } from './waiting.ts';

/** Longest sleep before a waiter looks again whether the owner still lives. */
export const SLICE_MS = 10;

/** No lock word is negative. */
const NO_WORD = -1;

/** The state of one wait. */
export class Wait {
  /** The lock word to sleep on. */
  word: number = NO_WORD;
  /** Milliseconds asleep in all, by the clock. */
  sleptMs = 0;
  /** Whether we reserved TURN; another may have ended the reservation since. */
  hasTurn = false;
  /** Whether a slice has passed that was left to whoever has TURN. */
  hasGivenWay = false;
  /** Who had TURN when we gave way. */
  turn = 0;
  readonly #patienceMs: number;
  /** Milliseconds that the owner may still stand still. */
  #leftMs: number;
  #standsStill = false;
  #moves = 0;
  #sliceMs = 0;
  #sliceBegan = 0;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
    this.#leftMs = patienceMs;
  }

  /**
   * Takes note of the lock word and of the count of its releases. The word alone does not tell: its owner may have given
   * the lock back and taken it again while we slept, and another waiter have set the bit anew.
   */
  see(word: number, moves: number): void {
    if (word === this.word && moves === this.#moves) return;
    this.#moves = moves;
    this.#leftMs = this.#patienceMs;
    this.#standsStill = false;
  }

  /** Milliseconds to sleep from now on. */
  begin(): number {
    this.#sliceMs = Math.min(SLICE_MS, this.#leftMs);
    this.#sliceBegan = performance.now();
    return this.#sliceMs;
  }

  /** The sleep is over. Whether it was one that was left, in vain, to whoever has TURN. */
  end(outcome: WaitOutcome): boolean {
    this.sleptMs += performance.now() - this.#sliceBegan;
    if (outcome !== 'timed-out') return false;
    this.#standsStill = true;
    this.#leftMs -= this.#sliceMs;
    return this.word === RESERVED;
  }

  /** Whether it is time to ask if the owner lives. */
  get suspectsDeath(): boolean {
    return this.#standsStill || this.isOver;
  }

  get isOver(): boolean {
    return this.#leftMs <= 0;
  }
}
