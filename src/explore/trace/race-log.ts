/**
 * Data races among plain accesses, by happens-before with vector clocks (FastTrack: Flanagan and Freund, PLDI 2009).
 *
 * Two accesses to the same byte race if at least one writes, not both are atomic, and no chain of program order, atomic
 * reads that see atomic writes, wake-ups and the start of threads leads from one to the other. All atomics of
 * JavaScript are sequentially consistent: one that reads acquires the clock which the last atomic write left at the
 * address, one that writes leaves its own. A death happens before all that follows it, as its detection by the
 * operating system would.
 *
 * Clocks only ever rise, over all schedules, and each schedule starts every thread at a new common base. What an
 * earlier schedule left in the shadow memory thus lies before everything, and is never cleared.
 */
import { MAX_THREADS, Word, type Board } from '../engine/board.ts';

const STRIDE = MAX_THREADS + 1;
/** The base rises by this much a schedule: no thread takes more steps. */
const LAST_BASE = 2_000_000_000;

/** What the race log of one worker says of an access. */
export class RaceLog {
  readonly #board: Board;
  readonly #me: number;
  readonly #threads: number;
  readonly #isAllowed: (address: number) => boolean;
  /** Per byte: the thread and time of the last plain write. */
  readonly #writer: Int32Array;
  readonly #writeTime: Int32Array;
  // Per byte and thread: the time of the last access of that kind.
  readonly #readTime: Int32Array;
  readonly #atomicReadTime: Int32Array;
  readonly #atomicWriteTime: Int32Array;
  /** Per byte and thread: the clock that the last atomic write left. */
  readonly #left: Int32Array;

  constructor(
    board: Board,
    me: number,
    threads: number,
    shadow: SharedArrayBuffer,
    bytes: number,
    isAllowed: (address: number) => boolean,
  ) {
    this.#board = board;
    this.#me = me;
    this.#threads = threads;
    this.#isAllowed = isAllowed;
    const perThread = bytes * threads;
    this.#writer = new Int32Array(shadow, 0, bytes);
    this.#writeTime = new Int32Array(shadow, 4 * bytes, bytes);
    const region = (index: number): Int32Array =>
      new Int32Array(shadow, 4 * (2 * bytes + index * perThread), perThread);
    [this.#readTime, this.#atomicReadTime] = [region(0), region(1)];
    [this.#atomicWriteTime, this.#left] = [region(2), region(3)];
  }

  /** Bytes of shadow memory for a buffer. */
  static shadowBytes(bytes: number, threads: number): number {
    return 4 * bytes * (2 + 4 * threads);
  }

  /** Starts a schedule: every thread's clock at a base beyond all times so far. */
  static restart(board: Board, threads: number): void {
    const { words, vectorClocks } = board;
    let highest = words[Word.CLOCK_BASE];
    for (let thread = 0; thread < threads; thread++) {
      highest = Math.max(highest, vectorClocks[thread * STRIDE + thread]);
    }
    if (highest > LAST_BASE) throw new RangeError('the race log has run out of clock; split the search into shards');
    words[Word.CLOCK_BASE] = highest + 1;
    vectorClocks.fill(highest + 1);
    for (let thread = 0; thread < threads; thread++) vectorClocks[thread * STRIDE + thread]++;
  }

  /** An operation of `Atomics`; returns the address of a byte that it races on, or −1. */
  atomic(address: number, size: number, reads: boolean, writes: boolean): number {
    if (address + size > this.#writer.length) return -1;
    const clocks = this.#board.vectorClocks;
    const mine = this.#me * STRIDE;
    if (reads) this.#acquire(address);
    let race = -1;
    for (let byte = address; byte < address + size; byte++) {
      if (race < 0 && this.#conflictsWithPlain(byte, writes) && !this.#isAllowed(byte)) race = byte;
      const at = byte * this.#threads + this.#me;
      if (reads) this.#atomicReadTime[at] = clocks[mine + this.#me];
      if (writes) this.#atomicWriteTime[at] = clocks[mine + this.#me];
    }
    if (writes) this.#release(address);
    return race;
  }

  /** A plain access; returns the address of a byte that it races on, or −1. */
  plain(address: number, size: number, writes: boolean): number {
    const now = this.#board.vectorClocks[this.#me * STRIDE + this.#me];
    let race = -1;
    for (let byte = address; byte < address + size; byte++) {
      const conflicts = this.#conflictsWithPlain(byte, writes) || this.#conflictsWithAtomic(byte, writes);
      if (race < 0 && conflicts && !this.#isAllowed(byte)) race = byte;
      if (writes) {
        this.#writer[byte] = this.#me;
        this.#writeTime[byte] = now;
      } else this.#readTime[byte * this.#threads + this.#me] = now;
    }
    return race;
  }

  /** What this thread did happens before what the threads of a mask do next: it woke them, or they saw it die. */
  handOver(threads: number): void {
    const clocks = this.#board.vectorClocks;
    for (let thread = 0; thread < this.#threads; thread++) {
      if ((threads & (1 << thread)) === 0 || thread === this.#me) continue;
      for (let other = 0; other < this.#threads; other++) {
        const at = thread * STRIDE + other;
        clocks[at] = Math.max(clocks[at], clocks[this.#me * STRIDE + other]);
      }
    }
    clocks[this.#me * STRIDE + this.#me]++;
  }

  #acquire(address: number): void {
    const clocks = this.#board.vectorClocks;
    const from = address * this.#threads;
    const mine = this.#me * STRIDE;
    for (let thread = 0; thread < this.#threads; thread++) {
      if (this.#left[from + thread] > clocks[mine + thread]) clocks[mine + thread] = this.#left[from + thread];
    }
  }

  #release(address: number): void {
    const clocks = this.#board.vectorClocks;
    const to = address * this.#threads;
    const mine = this.#me * STRIDE;
    for (let thread = 0; thread < this.#threads; thread++) this.#left[to + thread] = clocks[mine + thread];
    clocks[mine + this.#me]++;
  }

  #conflictsWithPlain(byte: number, writes: boolean): boolean {
    if (this.#isLater(this.#writer[byte], this.#writeTime[byte])) return true;
    return writes && this.#anyLater(this.#readTime, byte);
  }

  #conflictsWithAtomic(byte: number, writes: boolean): boolean {
    return this.#anyLater(this.#atomicWriteTime, byte) || (writes && this.#anyLater(this.#atomicReadTime, byte));
  }

  #anyLater(times: Int32Array, byte: number): boolean {
    for (let thread = 0; thread < this.#threads; thread++) {
      if (this.#isLater(thread, times[byte * this.#threads + thread])) return true;
    }
    return false;
  }

  /** Whether a time of another thread is not yet known to have passed. */
  #isLater(thread: number, time: number): boolean {
    return thread !== this.#me && time > this.#board.vectorClocks[this.#me * STRIDE + thread];
  }
}
