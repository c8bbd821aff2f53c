/**
 * The words through which the workers of a round and the main thread see each other, in a SharedArrayBuffer of
 * their own: never in the heap under test, which may be broken.
 *
 *   ├─ STOP ─┼─ MOVES ─┼─ ARRIVED ─┼─ LIVE ─┼─ VIOLATIONS ─┼─ WISHES ─┼─ stream 0 ─┼─ stream 1 ─┼ …    one cache line each
 *
 * Stuck is known, never guessed from a clock. A worker that cannot go on marks itself blocked *as of* a value of
 * MOVES, which it read before it tried its operation once more in vain. Everyone who starts to wait, or is done,
 * raises MOVES first. So if every stream is done or blocked as of the same, still current value, then each of them
 * tried after the last one that was running had stopped running: nothing can change any more, and the round ends.
 * In an endless round, whose threads are terminated and replaced, nobody is ever known to be stuck.
 */
const LINE = 16;
const WAIT_SLICE_MS = 2;

/** Words of the whole round. */
const Word = {
  /** 0 while the round runs, then the StopReason. */
  STOP: 0,
  MOVES: LINE,
  ARRIVED: 2 * LINE,
  /** Requested bytes that are live, in granules; raised and lowered by the workers every few operations. */
  LIVE: 3 * LINE,
  PEAK_LIVE: 3 * LINE + 1,
  VIOLATIONS: 4 * LINE,
  /** 1 while a map of the heap is wanted; whoever takes one resets it. */
  MAP_WANTED: 5 * LINE,
  /** Whether streams go on until they are stopped. */
  ENDLESS: 5 * LINE + 1,
  END: 6 * LINE,
} as const;

/** Words of one stream, written by its worker alone; whoever replaces a worker goes on with them. */
const StreamWord = {
  /** The step that it does next, or lower; never lower while it waits. */
  POSITION: 0,
  /** RUNNING, DONE, or the value of MOVES as of which it is blocked, plus one. */
  STATE: 1,
  OPERATIONS: 2,
  WORDS: LINE,
} as const;

const RUNNING = 0;
const DONE = -1;
const FINISHED_POSITION = 0x7fff_ffff;
const LIVE_GRANULE = 16;
const MAX_VIOLATIONS = 1000;

/** Why a round ended before its work was done. */
export const StopReason = {
  NONE: 0,
  INTERRUPTED: 1,
  STUCK: 2,
  TOO_MANY_VIOLATIONS: 3,
  FAILED: 4,
  /** An endless round has gone on for long enough: its work is done. */
  ENOUGH: 5,
} as const;

export class Control {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly #streamCount: number;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer);
    this.#streamCount = (this.words.length - Word.END) / StreamWord.WORDS;
  }

  static create(streamCount: number, isEndless = false): Control {
    const control = new Control(new SharedArrayBuffer((Word.END + streamCount * StreamWord.WORDS) * 4));
    control.words[Word.ENDLESS] = Number(isEndless);
    return control;
  }

  get isEndless(): boolean {
    return this.words[Word.ENDLESS] === 1;
  }

  get stopReason(): number {
    return Atomics.load(this.words, Word.STOP);
  }

  /** The first reason stays. */
  stop(reason: number): void {
    Atomics.compareExchange(this.words, Word.STOP, StopReason.NONE, reason);
  }

  /** Whether the streams have done, or gone on with, all that was asked of them. */
  get isComplete(): boolean {
    return this.stopReason === StopReason.NONE || this.stopReason === StopReason.ENOUGH;
  }

  /** Whether all streams have come to the start. */
  get started(): boolean {
    return Atomics.load(this.words, Word.ARRIVED) >= this.#streamCount;
  }

  get violations(): number {
    return Atomics.load(this.words, Word.VIOLATIONS);
  }

  addViolation(): void {
    if (Atomics.add(this.words, Word.VIOLATIONS, 1) + 1 >= MAX_VIOLATIONS) this.stop(StopReason.TOO_MANY_VIOLATIONS);
  }

  get liveBytes(): number {
    return Atomics.load(this.words, Word.LIVE) * LIVE_GRANULE;
  }

  get peakLiveBytes(): number {
    return Atomics.load(this.words, Word.PEAK_LIVE) * LIVE_GRANULE;
  }

  /** Adds whole granules of `bytes` to the live ones and returns what is left over, for the next time. */
  addLive(bytes: number): number {
    const granules = Math.trunc(bytes / LIVE_GRANULE);
    const live = Atomics.add(this.words, Word.LIVE, granules) + granules;
    let peak = Atomics.load(this.words, Word.PEAK_LIVE);
    while (live > peak) {
      const seen = Atomics.compareExchange(this.words, Word.PEAK_LIVE, peak, live);
      if (seen === peak) break;
      peak = seen;
    }
    return bytes - granules * LIVE_GRANULE;
  }

  get operations(): number {
    let sum = 0;
    for (let stream = 0; stream < this.#streamCount; stream++) {
      sum += this.operationsOf(stream);
    }
    return sum;
  }

  publish(stream: number, position: number, operations: number): void {
    Atomics.store(this.words, this.#wordOf(stream, StreamWord.POSITION), position);
    Atomics.store(this.words, this.#wordOf(stream, StreamWord.OPERATIONS), operations);
  }

  /** The lowest position of `count` streams from `first` on. */
  lowestPosition(first: number, count: number): number {
    let lowest = FINISHED_POSITION;
    for (let stream = first; stream < first + count; stream++) {
      lowest = Math.min(lowest, Atomics.load(this.words, this.#wordOf(stream, StreamWord.POSITION)));
    }
    return lowest;
  }

  /** Waits until all streams have come here, so that they start together; false when the round was stopped. */
  arrive(): boolean {
    Atomics.add(this.words, Word.ARRIVED, 1);
    Atomics.notify(this.words, Word.ARRIVED);
    for (;;) {
      const arrived = Atomics.load(this.words, Word.ARRIVED);
      if (this.stopReason !== StopReason.NONE) return false;
      if (this.started) return true;
      Atomics.wait(this.words, Word.ARRIVED, arrived, 50);
    }
  }

  operationsOf(stream: number): number {
    return Atomics.load(this.words, this.#wordOf(stream, StreamWord.OPERATIONS));
  }

  /** Whether the stream neither waits for another nor is done. */
  isRunning(stream: number): boolean {
    return Atomics.load(this.words, this.#wordOf(stream, StreamWord.STATE)) === RUNNING;
  }

  /** A stream whose worker was replaced runs again, whatever it was doing. */
  resume(stream: number): void {
    Atomics.store(this.words, this.#wordOf(stream, StreamWord.STATE), RUNNING);
  }

  /** Asks whoever looks first for a map of the heap. */
  wantMap(): void {
    Atomics.store(this.words, Word.MAP_WANTED, 1);
  }

  /** Whether the caller is to take a map of the heap. */
  takesMap(): boolean {
    return Atomics.load(this.words, Word.MAP_WANTED) === 1 && Atomics.exchange(this.words, Word.MAP_WANTED, 0) === 1;
  }

  /** The stream's work is over. */
  finish(stream: number): void {
    Atomics.store(this.words, this.#wordOf(stream, StreamWord.POSITION), FINISHED_POSITION);
    Atomics.add(this.words, Word.MOVES, 1);
    Atomics.store(this.words, this.#wordOf(stream, StreamWord.STATE), DONE);
  }

  /**
   * Tries again and again until `attempt` gives something, sleeping on `words[index]` while it holds `expected`.
   * Undefined when the round was stopped, or was found to be stuck, which stops it.
   */
  blockUntil<T>(
    stream: number,
    attempt: () => T | undefined,
    words: Int32Array<SharedArrayBuffer> = this.words,
    index: number = Word.STOP,
    expected: number = StopReason.NONE,
  ): T | undefined {
    const state = this.#wordOf(stream, StreamWord.STATE);
    Atomics.add(this.words, Word.MOVES, 1);
    for (;;) {
      const moves = Atomics.load(this.words, Word.MOVES);
      const result = attempt();
      if (result !== undefined) {
        Atomics.store(this.words, state, RUNNING);
        return result;
      }
      Atomics.store(this.words, state, moves + 1);
      if (!this.isEndless && this.#allBlockedAsOf(moves)) this.stop(StopReason.STUCK);
      if (this.stopReason !== StopReason.NONE) return undefined;
      Atomics.wait(words, index, expected, WAIT_SLICE_MS);
    }
  }

  #allBlockedAsOf(moves: number): boolean {
    for (let stream = 0; stream < this.#streamCount; stream++) {
      const state = Atomics.load(this.words, this.#wordOf(stream, StreamWord.STATE));
      if (state !== DONE && state !== moves + 1) return false;
    }
    return Atomics.load(this.words, Word.MOVES) === moves;
  }

  #wordOf(stream: number, word: number): number {
    return Word.END + stream * StreamWord.WORDS + word;
  }
}
