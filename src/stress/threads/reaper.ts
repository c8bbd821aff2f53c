/**
 * Terminates workers in the midst of their work, at random moments, and keeps account of what they were doing.
 *
 * A seat is a stream's place, in which one thread works after the other. A thread can be chosen when it has been seen
 * at work: since it took its seat it has done operations, the last of them lately. So no death falls into the time in
 * which a thread only starts or ends, and nobody is terminated unless all others but one are at work, too: there is load
 * at every death. (Who waits for the lock or in a queue for a little while may well be chosen.)
 * At every other death the reaper waits a moment for the chosen thread to be inside the heap's lock: that is a small part
 * of the time, and the part in which a death does the most harm. The others fall wherever they fall.
 * `terminate` takes effect at the next loop back-edge or function entry, wherever in the heap or outside that is.
 */
import { StopReason, type Control } from '../control/control.ts';
import type { RoundTask } from './round-task.ts';
import { Ledger, type OpenIntent } from '../oracles/ledger.ts';
import { Meters } from '../measures/meters.ts';
import type { Xorshift32 } from '../../xorshift.ts';
import type { WorkloadThread } from './workload-thread.ts';

/** Between two deaths at least, and at most as long again beside; while nobody can be chosen, until the next look. */
const PAUSE_MS = 6;
const LOOK_MS = 1;
/** Who has done nothing for so long counts as idle. */
const LATELY_MS = 200;
/** How long to wait for the moment at which a thread is inside the lock. */
const AIM_MS = 5;

/** What the threads tell of themselves. */
type ReaperTask = Pick<RoundTask, 'evidence' | 'meters'>;

interface Seat {
  readonly thread: WorkloadThread;
  operations: number;
  /** When `operations` was seen to change last; −∞ as long as it has not. */
  movedMs: number;
}

export class Reaper {
  deaths = 0;
  /** Calls that deaths have cut short. */
  readonly intents: OpenIntent[] = [];
  readonly #control: Control;
  readonly #ledger: Ledger;
  readonly #meters: Meters;
  readonly #random: Xorshift32;
  readonly #wanted: number;
  readonly #seats = new Map<number, Seat>();
  #isRunning = false;

  /** @param wanted - how many threads to terminate */
  constructor(control: Control, { evidence, meters }: ReaperTask, random: Xorshift32, wanted: number) {
    this.#control = control;
    this.#ledger = new Ledger(evidence.ledger);
    this.#meters = new Meters(meters);
    this.#random = random;
    this.#wanted = wanted;
  }

  /** From now on `thread` works in this place. */
  seat(stream: number, thread: WorkloadThread): void {
    this.#seats.set(stream, { thread, operations: this.#control.operationsOf(stream), movedMs: -Infinity });
  }

  /** The thread in this place has been terminated, and is gone. */
  bury(stream: number): void {
    const intent = this.#ledger.closeIntent(stream);
    if (intent !== undefined) this.intents.push(intent);
    this.#control.resume(stream);
  }

  /** Sets to work, and stops the round at the last death: what that one leaves is for whoever cleans up. */
  async reap(streamCount: number): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#control.stopReason === StopReason.NONE) {
      const movers = this.#movers();
      const strikes = this.deaths < this.#wanted && movers.length >= Math.max(1, streamCount - 1);
      if (strikes) void this.#kill(movers[this.#random.below(movers.length)]);
      if (this.deaths === this.#wanted) this.#control.stop(StopReason.ENOUGH);
      // One after the other, at random moments.
      await sleep(strikes ? this.#random.below(2 * PAUSE_MS) : LOOK_MS);
    }
  }

  #kill(stream: number): Promise<void> {
    const { thread } = this.#seats.get(stream)!;
    this.#seats.delete(stream);
    if (this.deaths++ % 2 === 0) this.#awaitLock(stream);
    return thread.kill();
  }

  #awaitLock(stream: number): void {
    const end = performance.now() + AIM_MS;
    while (!this.#meters.holdsLock(stream) && performance.now() < end);
  }

  /** The places whose threads are at work. */
  #movers(): number[] {
    const now = performance.now();
    for (const [stream, seat] of this.#seats) {
      const operations = this.#control.operationsOf(stream);
      if (operations !== seat.operations) seat.movedMs = now;
      seat.operations = operations;
    }
    return [...this.#seats].filter(([, { movedMs }]) => now - movedMs < LATELY_MS).map(([stream]) => stream);
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
