/**
 * The promises of `Atomics.waitAsync` in one worker. An async thread that only awaits such promises is asleep like one
 * in `Atomics.wait`; the difference is that its stack is empty meanwhile, so its microtasks must be let run first.
 */
import { VANISHED, type Scheduler } from './scheduler.ts';
import { Waiting } from './wait-queue.ts';

interface Pending {
  readonly resolve: (result: string) => void;
  readonly reject: (reason: Error) => void;
}

/** Rounds of the event loop that a thread which is cut off gets to empty its stack. */
const UNWINDING_ROUNDS = 1_000;

/** One worker's promises. */
export class AsyncWaits {
  readonly #scheduler: Scheduler;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Enters the queue; the promise is settled when the entry is. */
  add(address: number, timeout: number): Promise<string> {
    const { board, me, queue } = this.#scheduler;
    const id = ++this.#lastId;
    queue.push(me, address, id, board.clock[0] + timeout);
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  /** Drives an async thread to its end: gives the baton away whenever only promises are left to wait for. */
  async drive(thread: Promise<void>): Promise<void> {
    const state = { ended: false };
    const end = thread.finally(() => {
      state.ended = true;
    });
    end.catch(() => undefined);
    for (let rounds = 0; !state.ended && rounds < UNWINDING_ROUNDS; rounds++) {
      await macrotask();
      if (!this.#scheduler.unwinding) rounds = 0;
      if (!state.ended && this.#pending.size > 0) this.#settleOrBlock();
    }
    this.#pending.clear();
    if (state.ended) await end;
  }

  #settleOrBlock(): void {
    if (!this.#settle()) {
      try {
        this.#scheduler.block();
      } catch {
        // The thread is to end here: every promise it awaits says so.
      }
      if (this.#scheduler.unwinding) this.#rejectAll();
      else this.#settle();
    }
  }

  #settle(): boolean {
    const { me, queue } = this.#scheduler;
    let any = false;
    for (let settled = queue.takeSettled(me); settled !== undefined; settled = queue.takeSettled(me)) {
      this.#pending.get(settled.id)?.resolve(settled.state === Waiting.TIMED_OUT ? 'timed-out' : 'ok');
      this.#pending.delete(settled.id);
      any = true;
    }
    return any;
  }

  #rejectAll(): void {
    for (const { reject } of this.#pending.values()) reject(VANISHED);
    this.#pending.clear();
  }
}

const macrotask = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
