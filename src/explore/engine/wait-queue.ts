/**
 * The virtual queue behind `Atomics.wait`, `waitAsync` and `notify`: entries in the order of their arrival, as the
 * specification wants it (first in, first woken).
 *
 *     entry   QUEUED ──notify──▶ NOTIFIED ─┐
 *               └──────timeout──▶ TIMED_OUT ┴─▶ removed by the thread that slept
 *
 * Id 0 is a thread that sleeps in `wait`; other ids are promises of `waitAsync`, numbered by their thread. The queue
 * only keeps entries; who runs is the scheduler's business.
 */
import { MAX_WAITERS, Word, type Board } from './board.ts';

/** States of an entry. */
export const Waiting = { QUEUED: 0, NOTIFIED: 1, TIMED_OUT: 2 } as const;

/** The id of an entry made by `Atomics.wait`. */
export const SYNCHRONOUS = 0;

/** The queue on the board. */
export class WaitQueue {
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
      waiterState[at] = Waiting.NOTIFIED;
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

  /** The mask of threads that sleep with a timeout. */
  timed(): number {
    const { waiterDeadline, waiterState, waiterThread } = this.#board;
    let mask = 0;
    for (let at = 0; at < this.length; at++) {
      if (waiterState[at] === Waiting.QUEUED && waiterDeadline[at] !== Infinity) mask |= 1 << waiterThread[at];
    }
    return mask;
  }

  /**
   * Ends the wait with the earliest deadline among those of the threads in `mask`: the virtual clock moves on to it.
   * Returns the thread, or −1 when none of them has a deadline.
   */
  timeOut(mask: number): number {
    const { clock, waiterDeadline, waiterState, waiterThread } = this.#board;
    let earliest = -1;
    for (let at = 0; at < this.length; at++) {
      if (waiterState[at] !== Waiting.QUEUED || (mask & (1 << waiterThread[at])) === 0) continue;
      if (waiterDeadline[at] < (earliest < 0 ? Infinity : waiterDeadline[earliest])) earliest = at;
    }
    if (earliest < 0) return -1;
    waiterState[earliest] = Waiting.TIMED_OUT;
    clock[0] = Math.max(clock[0], waiterDeadline[earliest]);
    return waiterThread[earliest];
  }

  /** Takes the oldest of `thread`'s entries that is no longer queued out of the queue, or returns `undefined`. */
  takeSettled(thread: number): { id: number; state: number } | undefined {
    const { waiterId, waiterState, waiterThread } = this.#board;
    for (let at = 0; at < this.length; at++) {
      if (waiterThread[at] !== thread || waiterState[at] === Waiting.QUEUED) continue;
      const settled = { id: waiterId[at], state: waiterState[at] };
      this.#remove(at);
      return settled;
    }
    return undefined;
  }

  /** Removes all entries of a thread that has ended. */
  removeAll(thread: number): void {
    const { waiterThread } = this.#board;
    for (let at = this.length - 1; at >= 0; at--) if (waiterThread[at] === thread) this.#remove(at);
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
