/**
 * The virtual queue behind `Atomics.wait`, `waitAsync` and `notify`: entries in the order of their arrival, as the
 * specification wants it (first in, first woken).
 *
 *     entry   QUEUED ──notify──▶ NOTIFIED ─┐
 *               └──────timeout──▶ TIMED_OUT ┴─▶ removed by the thread that slept
 *
 * Id 0 is a thread that sleeps in `wait`; ids above are promises of `waitAsync`, ids below timers, numbered by their
 * thread. A thread in `wait` is only woken by that entry, one that awaits by any of the others, in the order in which they
 * were settled. The queue only keeps entries; who runs is the scheduler's business.
 */
import { Flag, MAX_WAITERS, Status, Word, type Board } from './board.ts';

/** States of an entry. Where it is settled, the bits above `STATE_MASK` tell when, compared with others. */
export const Waiting = { QUEUED: 0, NOTIFIED: 1, TIMED_OUT: 2 } as const;
const STATE_MASK = 3;
const STATE_BITS = 2;

/** The address of a timer. */
export const NO_ADDRESS = -1;

/** The id of an entry made by `Atomics.wait`. */
export const SYNCHRONOUS = 0;

/** The mask of all threads. */
export const EVERYBODY = -1;

/** The queue on the board. */
export class WaitQueue {
  /** Whether what timed out last was a timer. */
  wasTimer = false;
  readonly #board: Board;

  constructor(board: Board) {
    this.#board = board;
  }

  get length(): number {
    return this.#board.words[Word.WAITERS];
  }

  /** @param deadline - virtual milliseconds, `Infinity` for none */
  push(thread: number, address: number, id: number, deadline: number): void {
    const board = this.#board;
    const at = board.words[Word.WAITERS]++;
    if (at >= MAX_WAITERS) throw new RangeError(`more than ${MAX_WAITERS} waiters at once`);
    board.waiterThread[at] = thread;
    board.waiterAddress[at] = address;
    board.waiterId[at] = id;
    board.waiterState[at] = Waiting.QUEUED;
    board.waiterDeadline[at] = deadline;
  }

  /** Marks up to `count` waiters on `address`, oldest first; returns the mask of their threads and how many there were. */
  notify(address: number, count: number): { threads: number; woken: number } {
    const { waiterAddress, waiterState, waiterThread } = this.#board;
    let threads = 0;
    let woken = 0;
    for (let at = 0; at < this.length && woken < count; at++) {
      if (waiterAddress[at] !== address || waiterState[at] !== Waiting.QUEUED) continue;
      this.#settle(at, Waiting.NOTIFIED);
      threads |= 1 << waiterThread[at];
      woken++;
    }
    return { threads, woken };
  }

  /** Whether anybody sleeps on `address`. */
  awaits(address: number): boolean {
    const { waiterAddress, waiterState } = this.#board;
    for (let at = 0; at < this.length; at++) {
      if (waiterAddress[at] === address && waiterState[at] === Waiting.QUEUED) return true;
    }
    return false;
  }

  /** The thread that the earliest of all timeouts would let go on, or −1. */
  nextToTimeOut(): number {
    const earliest = this.#earliest(EVERYBODY);
    return earliest < 0 ? -1 : this.#board.waiterThread[earliest];
  }

  /** The mask of threads that a timeout would let go on. */
  timed(): number {
    const { waiterDeadline, waiterState, waiterThread } = this.#board;
    let mask = 0;
    for (let at = 0; at < this.length; at++) {
      const isTimed = waiterState[at] === Waiting.QUEUED && waiterDeadline[at] !== Infinity;
      if (isTimed && this.#isAwaited(at)) mask |= 1 << waiterThread[at];
    }
    return mask;
  }

  /** Whether an entry is settled that the thread sleeps for. */
  canGoOn(thread: number): boolean {
    const { waiterState, waiterThread } = this.#board;
    for (let at = 0; at < this.length; at++) {
      if (waiterThread[at] === thread && waiterState[at] !== Waiting.QUEUED && this.#isAwaited(at)) return true;
    }
    return false;
  }

  /**
   * Ends the earliest sleep that would let a thread of the mask go on: the virtual clock moves on to its deadline. Returns
   * the thread, or −1 when there is none; `wasTimer` tells what it was. A promise whose thread blocks or spins does not
   * time out: that is a task of the thread's event loop.
   */
  timeOut(mask: number): number {
    const { clock, waiterDeadline, waiterId, waiterThread } = this.#board;
    const earliest = this.#earliest(mask);
    if (earliest < 0) return -1;
    this.#settle(earliest, Waiting.TIMED_OUT);
    this.wasTimer = waiterId[earliest] < 0;
    clock[0] = Math.max(clock[0], waiterDeadline[earliest]);
    return waiterThread[earliest];
  }

  /**
   * Takes the entry of `thread` that was settled first out of the queue: that of its `wait`, or one of the others.
   * Returns `undefined` if there is none.
   */
  takeSettled(thread: number, synchronous: boolean): { id: number; state: number } | undefined {
    const { waiterId, waiterState, waiterThread } = this.#board;
    let first = -1;
    for (let at = 0; at < this.length; at++) {
      if (waiterThread[at] !== thread || waiterState[at] === Waiting.QUEUED) continue;
      if ((waiterId[at] === SYNCHRONOUS) !== synchronous) continue;
      if (first < 0 || waiterState[at] < waiterState[first]) first = at;
    }
    if (first < 0) return undefined;
    const settled = { id: waiterId[first], state: waiterState[first] & STATE_MASK };
    this.#remove(first);
    return settled;
  }

  /** How many sleep on `address`. */
  sleepersOn(address: number): number {
    const { waiterAddress, waiterState } = this.#board;
    let count = 0;
    for (let at = 0; at < this.length; at++) {
      if (waiterAddress[at] === address && waiterState[at] === Waiting.QUEUED) count++;
    }
    return count;
  }

  /** Removes one entry. */
  remove(thread: number, id: number): void {
    const { waiterId, waiterThread } = this.#board;
    for (let at = this.length - 1; at >= 0; at--) {
      if (waiterThread[at] === thread && waiterId[at] === id) this.#remove(at);
    }
  }

  /** Removes all entries of a thread that has ended. */
  removeAll(thread: number): void {
    const { flags, waiterThread, words } = this.#board;
    for (let at = this.length - 1; at >= 0; at--) {
      if (waiterThread[at] !== thread) continue;
      this.#remove(at);
      if (words[Word.STEP] > 0) flags[words[Word.STEP] - 1] |= Flag.TAKES_AWAY;
    }
  }

  /** Whether any entry is of the thread. */
  has(thread: number): boolean {
    return this.#board.waiterThread.subarray(0, this.length).includes(thread);
  }

  /** The entry of a thread of the mask that would time out first and let it go on, or −1. */
  #earliest(mask: number): number {
    const { waiterDeadline, waiterState, waiterThread } = this.#board;
    let earliest = -1;
    for (let at = 0; at < this.length; at++) {
      if (waiterState[at] !== Waiting.QUEUED || (mask & (1 << waiterThread[at])) === 0) continue;
      if (!this.#isAwaited(at)) continue;
      if (waiterDeadline[at] < (earliest < 0 ? Infinity : waiterDeadline[earliest])) earliest = at;
    }
    return earliest;
  }

  #settle(at: number, state: number): void {
    const { waiterState, words } = this.#board;
    waiterState[at] = (++words[Word.SETTLED] << STATE_BITS) | state;
  }

  /** Whether its thread sleeps for this entry. */
  #isAwaited(at: number): boolean {
    const { status, waiterId, waiterThread } = this.#board;
    return status[waiterThread[at]] === (waiterId[at] === SYNCHRONOUS ? Status.WAITING : Status.AWAITING);
  }

  #remove(at: number): void {
    const board = this.#board;
    const end = board.words[Word.WAITERS]--;
    for (const field of [board.waiterThread, board.waiterAddress, board.waiterId, board.waiterState]) {
      field.copyWithin(at, at + 1, end);
    }
    board.waiterDeadline.copyWithin(at, at + 1, end);
  }
}
