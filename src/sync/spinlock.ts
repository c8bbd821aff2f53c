/**
 * The lock of the table: one word that says who holds it.
 *
 *   word                     meaning                       left by
 *   0                        free                          acquire: compare-exchange to own owner word
 *   owner                    held, nobody sleeps           release: exchange 0 · a waiter: sets WAITERS
 *   owner | WAITERS          held, somebody may sleep      release: exchange 0, then notify one sleeper
 *   dead owner (| WAITERS)   held by nobody any more       whoever finds it: compare-exchange to own word | WAITERS
 *   own owner word           left by this thread itself    seized likewise (a stack overflow or a `vm` timeout tore
 *                                                          the critical section; the lock is not re-entrant)
 *
 * Whoever has slept acquires with WAITERS set, since others may still sleep. Sleep comes in slices, so a notify lost
 * with a thread that died before it costs one slice at most. After Drepper, "Futexes are tricky" (2011), with the
 * owner in the word as robust futexes have it. A live owner is never robbed, however slow.
 *
 * 'seized' tells the layer above that the last holder did not finish: it must repair what the lock guards.
 */
import { AllocatorError } from '../allocator-error.ts';
import type { Layout } from '../layout/layout.ts';
import { Guarded, Lock } from '../layout/regions.ts';
import type { OwnerWord, ThreadSlots } from './thread-slots.ts';
import { mayBlock, spinPause } from './waiting.ts';

const FREE = 0;
const WAITERS = 1;
/** Attempts before a waiter sleeps: a few microseconds, longer than an undisturbed critical section takes. */
const SPINS = 200;
/** Longest sleep before a waiter looks again whether the owner still lives. */
const SLICE_MS = 10;

/** Asked after each sleep whether to go on waiting; an AbortSignal is one. */
export interface Cancellation {
  /** Throws the reason if the wait is to end. */
  throwIfAborted(): void;
}

/** How the lock came into our hands. */
export type Acquisition = 'acquired' | 'seized';

/** A spinlock that sleeps when it takes longer, and survives the death of its holder. */
export class Spinlock {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #slots: ThreadSlots;
  readonly #own: OwnerWord;
  readonly #timeoutMs: number;

  constructor(layout: Layout, slots: ThreadSlots, own: OwnerWord, timeoutMs: number) {
    this.#words = layout.words;
    this.#slots = slots;
    this.#own = own;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Takes the lock, waiting for it as long as its owner lives and the timeout allows.
   *
   * @throws AllocatorError `LOCK_TIMEOUT`
   */
  acquire(): Acquisition {
    if (Atomics.compareExchange(this.#words, Lock.OWNER, FREE, this.#own) === FREE) return 'acquired';
    return this.#acquireSlow();
  }

  /** Like `acquire`, but asks at once whether the owner is dead, which is slow, rather than after a while. */
  acquireOrSeize(): Acquisition {
    if (this.tryAcquire()) return 'acquired';
    return this.#seizeFromDead(Atomics.load(this.#words, Lock.OWNER)) ? 'seized' : this.acquire();
  }

  /** Whether the lock was left in the hands of this thread, which is not inside it. */
  get isLeftBehind(): boolean {
    return this.#isOwn(Atomics.load(this.#words, Lock.OWNER));
  }

  /** Takes the lock if it is free; never waits. */
  tryAcquire(): boolean {
    return Atomics.compareExchange(this.#words, Lock.OWNER, FREE, this.#own) === FREE;
  }

  /** Gives the lock back and wakes one sleeper if there may be any. */
  release(): void {
    if ((Atomics.exchange(this.#words, Lock.OWNER, FREE) & WAITERS) !== 0) {
      Atomics.notify(this.#words, Lock.OWNER, 1);
    }
  }

  #acquireSlow(): Acquisition {
    const acquisition = this.#spin() ?? this.#waitForTurn();
    this.#words[Guarded.LOCK_WAITS]++;
    return acquisition;
  }

  #spin(): Acquisition | undefined {
    for (let attempt = 0; attempt < SPINS; attempt++) {
      spinPause();
      if (Atomics.load(this.#words, Lock.OWNER) !== FREE) continue;
      if (Atomics.compareExchange(this.#words, Lock.OWNER, FREE, this.#own) === FREE) return 'acquired';
    }
    return undefined;
  }

  #waitForTurn(): Acquisition {
    const deadline = performance.now() + this.#timeoutMs;
    for (let patient = false; ; patient = this.#sleep() === 'timed-out') {
      const isLate = performance.now() >= deadline;
      const acquisition = this.#takeOrAnnounce(patient || isLate);
      if (acquisition !== undefined) return acquisition;
      if (isLate) throw this.#timeoutError();
    }
  }

  /**
   * Like `acquire` for a thread that may not block. `critical`, which releases the lock, is called as soon as the lock
   * is ours, in the same turn: other code of this thread must never run while it holds the lock, since it would find
   * its own word there and seize it.
   *
   * @throws AllocatorError `LOCK_TIMEOUT`; the reason of the cancellation; whatever `critical` throws
   */
  async acquireAsync<R>(critical: () => R, cancellation: Cancellation): Promise<R> {
    cancellation.throwIfAborted();
    if (this.tryAcquire()) return critical();
    const deadline = performance.now() + this.#timeoutMs;
    for (let patient = false; ; patient = true) {
      if (this.#takeOrAnnounce(patient) !== undefined) {
        this.#words[Guarded.LOCK_WAITS]++;
        return critical();
      }
      if (performance.now() > deadline) throw this.#timeoutError();
      await this.#sleepAsync();
      cancellation.throwIfAborted();
    }
  }

  /** One look at the lock: take it with WAITERS set, seize it, or leave WAITERS set in it before sleeping. */
  #takeOrAnnounce(lookForDeath: boolean): Acquisition | undefined {
    for (;;) {
      const seen = Atomics.load(this.#words, Lock.OWNER);
      if (seen === FREE) {
        if (Atomics.compareExchange(this.#words, Lock.OWNER, FREE, this.#own | WAITERS) === FREE) return 'acquired';
      } else if ((lookForDeath || this.#isOwn(seen)) && this.#seizeFromDead(seen)) {
        return 'seized';
      } else if (Atomics.compareExchange(this.#words, Lock.OWNER, seen, seen | WAITERS) === seen) {
        return undefined;
      }
    }
  }

  /** The compare-exchange from the very word seen makes sure that one thread alone seizes it. */
  #seizeFromDead(seen: number): boolean {
    if (seen === FREE || !(this.#isOwn(seen) || this.#slots.isDead(seen))) return false;
    if (Atomics.compareExchange(this.#words, Lock.OWNER, seen, this.#own | WAITERS) !== seen) return false;
    this.#words[Guarded.LOCK_SEIZURES]++;
    return true;
  }

  #isOwn(seen: number): boolean {
    return (seen & ~WAITERS) === this.#own;
  }

  #sleep(): 'timed-out' | 'ok' | 'not-equal' {
    const seen = Atomics.load(this.#words, Lock.OWNER);
    if ((seen & WAITERS) === 0) return 'not-equal';
    if (mayBlock()) return Atomics.wait(this.#words, Lock.OWNER, seen, SLICE_MS);
    const end = performance.now() + SLICE_MS;
    while (performance.now() < end) {
      if (Atomics.load(this.#words, Lock.OWNER) !== seen) return 'not-equal';
      spinPause();
    }
    return 'timed-out';
  }

  /** The timer keeps Node alive, which `waitAsync` alone does not. */
  async #sleepAsync(): Promise<void> {
    const seen = Atomics.load(this.#words, Lock.OWNER);
    if ((seen & WAITERS) === 0) return;
    const keepAlive = setInterval(() => undefined, SLICE_MS);
    try {
      if ('waitAsync' in Atomics) await Atomics.waitAsync(this.#words, Lock.OWNER, seen, SLICE_MS).value;
      else await new Promise((resolve) => setTimeout(resolve, SLICE_MS));
    } finally {
      clearInterval(keepAlive);
    }
  }

  #timeoutError(): AllocatorError {
    const owner = Atomics.load(this.#words, Lock.OWNER);
    const holder = owner === FREE ? 'others in turn' : this.#slots.describe(owner);
    return new AllocatorError('LOCK_TIMEOUT', `the lock was held by ${holder} for more than ${this.#timeoutMs} ms`);
  }
}
