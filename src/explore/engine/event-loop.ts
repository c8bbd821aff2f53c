/**
 * The event loop of one virtual thread: promises of `Atomics.waitAsync`, and timers in virtual time. A thread that only
 * awaits them is asleep like one in `Atomics.wait`; the difference is that its stack is empty meanwhile, so whatever else
 * it has to do must be let run first.
 *
 *     function returns or awaits ─▶ microtasks, immediates ─▶ one entry settled? run what waits for it ─┐
 *                    ▲                                        none: sleep until there is one            │
 *                    └──────────────────────────────────────────────────────────────────────────────────┘
 *
 * The thread ends when its function has returned, or its promise is settled, and its microtasks have run. Timers and
 * promises that are pending then are dropped. What a callback throws, or a promise rejects without anybody to handle it,
 * ends the thread with a failure, as it would end the process.
 */
import { Status } from './board.ts';
import { VANISHED, type Scheduler } from './scheduler.ts';
import { NO_ADDRESS, Waiting } from './wait-queue.ts';

/** Something that happens when an entry of the wait queue is settled. */
interface Pending {
  readonly settle: (timedOut: boolean) => void;
  /** The thread is cut off. */
  readonly drop: (reason: Error) => void;
  /** What it is, for a warning. */
  readonly name: string;
}

/** Rounds of the real event loop that a thread which is cut off gets to empty its stack. */
const UNWINDING_ROUNDS = 20;
/** The longest delay of a timer; longer ones, and those below 1, are 1. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** One worker's event loop. */
export class EventLoop {
  /** Told what was pending when a thread ended. */
  onDropped: (names: readonly string[]) => void = () => undefined;
  readonly #scheduler: Scheduler;
  readonly #pending = new Map<number, Pending>();
  readonly #immediates = new Set<NodeJS.Immediate>();
  #lastId = 0;
  #crashed: { readonly error: unknown } | undefined;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Enters the queue of `waitAsync`; the promise is settled when the entry is. */
  add(address: number, timeout: number): Promise<string> {
    const id = ++this.#lastId;
    this.#scheduler.enqueue(address, id, timeout);
    return new Promise((resolve, reject) => {
      const settle = (timedOut: boolean): void => resolve(timedOut ? 'timed-out' : 'ok');
      this.#pending.set(id, { settle, drop: reject, name: 'a promise of Atomics.waitAsync' });
    });
  }

  /** Starts a timer, whose id is negative; `interval` starts it again each time. */
  setTimer(callback: () => void, delay: number, interval: boolean): number {
    const id = -++this.#lastId;
    this.#start(id, callback, delay >= 1 && delay <= LONGEST_DELAY ? Math.trunc(delay) : 1, interval);
    return id;
  }

  /** Runs a callback in the next round of the real event loop, unless the thread has ended by then. */
  setImmediate(callback: () => void): NodeJS.Immediate {
    const immediate = nativeImmediate(() => {
      this.#immediates.delete(immediate);
      this.#call(callback);
    });
    this.#immediates.add(immediate);
    return immediate;
  }

  clearImmediate(immediate: NodeJS.Immediate): void {
    this.#immediates.delete(immediate);
    nativeClearImmediate(immediate);
  }

  clearTimer(id: number): void {
    const { me, queue } = this.#scheduler;
    if (this.#pending.delete(id)) queue.remove(me, id);
  }

  /** A callback threw, or a promise was rejected and nobody handles it. */
  crash(error: unknown): void {
    if (error !== VANISHED) this.#crashed ??= { error };
  }

  /** Drives a thread to its end: gives the baton away whenever it has nothing left to do. @throws what the thread throws */
  async drive(thread: Promise<void>): Promise<void> {
    const state = { ended: false };
    const end = thread.finally(() => {
      state.ended = true;
    });
    end.catch(() => undefined);
    this.#crashed = undefined;
    for (let rounds = 0; rounds < UNWINDING_ROUNDS; rounds++) {
      await macrotask();
      if (state.ended || this.#hasCrashed()) break;
      if (!this.#scheduler.unwinding) rounds = 0;
      if (this.#pending.size > 0 && this.#immediates.size === 0) this.#settleOrBlock();
    }
    if (this.#crashed !== undefined) throw (this.#crashed as { error: unknown }).error;
    if (state.ended) await end;
  }

  #hasCrashed(): boolean {
    return this.#crashed !== undefined;
  }

  #settleOrBlock(): void {
    if (this.#settleOne()) return;
    try {
      this.#scheduler.block(Status.AWAITING);
    } catch {
      // The thread is to end here: every promise it awaits says so.
    }
    if (this.#scheduler.unwinding) this.#rejectAll();
    else this.#settleOne();
  }

  /** One at a time: what waits for the first runs before the second. */
  #settleOne(): boolean {
    const { me, queue } = this.#scheduler;
    const settled = queue.takeSettled(me, false);
    if (settled === undefined) return false;
    const pending = this.#pending.get(settled.id);
    this.#pending.delete(settled.id);
    pending?.settle(settled.state === Waiting.TIMED_OUT);
    return true;
  }

  #start(id: number, callback: () => void, delay: number, interval: boolean): void {
    this.#scheduler.enqueue(NO_ADDRESS, id, delay);
    const settle = (): void => {
      if (interval) this.#start(id, callback, delay, true);
      this.#call(callback);
    };
    this.#pending.set(id, { settle, drop: () => undefined, name: interval ? 'an interval' : 'a timer' });
  }

  #rejectAll(): void {
    for (const { drop } of this.#pending.values()) drop(VANISHED);
    this.#pending.clear();
  }

  #call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.crash(error);
    }
  }

  /** Nothing that is pending happens any more; `isSilent` where the thread did not end by itself. */
  end(isSilent: boolean): void {
    const { me, queue } = this.#scheduler;
    if (this.#pending.size === 0 && this.#immediates.size === 0) return;
    const names = [...this.#pending.values()].map(({ name }) => name);
    if (this.#immediates.size > 0) names.push('an immediate');
    if (!isSilent) this.onDropped(names);
    for (const immediate of this.#immediates) nativeClearImmediate(immediate);
    this.#immediates.clear();
    this.#pending.clear();
    queue.removeAll(me);
  }
}

const { setImmediate: nativeImmediate, clearImmediate: nativeClearImmediate } = globalThis;

const macrotask = (): Promise<void> => new Promise((resolve) => void nativeImmediate(resolve));
