/**
 * A lock on any word of shared memory, which survives the death of its holder: the word says who holds it.
 *
 *   word                     meaning                         what comes next
 *   0                        free                            acquire: compare-exchange to own owner word
 *   1                        free, and TURN goes first       TURN takes it at once, others when they have given way
 *   owner                    held, nobody sleeps             release: compare-exchange to 0 · a waiter: sets WAITERS
 *   owner | WAITERS          held, somebody may sleep        release: compare-exchange to 0 or 1, then `wake`
 *   dead owner (| WAITERS)   held by nobody any more         whoever finds it: compare-exchange to own word | WAITERS
 *   own owner word           left by this thread itself      as the user of the lock decides: seized, or DEADLOCK
 *   names no thread slot     written by foreign hands        CORRUPTED
 *
 * Whoever has slept acquires with WAITERS set, since others may still sleep. Sleep comes in slices, so a notify lost
 * with a thread that died before it costs one slice at most. After Drepper, "Futexes are tricky" (2011), with the
 * owner in the word as robust futexes have it. A live owner is never robbed, however slow.
 *
 * TURN is a second word, which several locks may share. A thread that has slept for long writes its owner word there;
 * then a release leaves 1 and wakes all. The lock stays free, so nobody depends on a thread that may have left: who
 * finds 1 sleeps for one slice at most, ends the reservation that it gave way to in vain, and takes the lock. Threads
 * that wait without blocking never reserve TURN, those that only try do not give way.
 *
 * The wait ends with LOCK_TIMEOUT when the owner has not moved for as many milliseconds of sleep as the lock allows,
 * see `Wait`. Releases that found WAITERS are counted in a third word, so that a waiter knows them from no release.
 * A thread that was cut off inside (a stack overflow, a `vm` timeout) and is idle is asked for the lock.
 *
 * 'seized' tells the user of the lock that the last holder did not finish: what the lock guards must be repaired.
 */
import { AllocatorError } from '../allocator-error.ts';
import { requireHeadroom } from './headroom.ts';
import { FREE, isFree, isHeldBy, NOBODY, RESERVED, WAITERS } from './lock-word.ts';
import type { OwnerWord } from './owner-word.ts';
import { spinPause, type Waiting } from './waiting.ts';
import { SLICE_MS, Wait } from './wait.ts';

/** Attempts before a waiter sleeps: a few microseconds, longer than an undisturbed critical section takes. */
const SPINS = 200;
/** A waiter that has slept for longer than this reserves TURN: a few slices. */
const TURN_AFTER_MS = 30;

/** How the lock came into our hands: at once, after a wait, or from somebody who did not give it back. */
export type Acquisition = 'acquired' | 'waited' | 'seized';

/** Asked after each sleep whether to go on waiting; an AbortSignal is one. */
export interface Cancellation {
  /** Throws the reason if the wait is to end. */
  throwIfAborted(): void;
}

/** Who the owners of locks are. */
export interface Owners {
  /** Whether a word names a thread slot. */
  names(owner: OwnerWord): boolean;
  /** Whether the thread is certainly gone. */
  isDead(owner: OwnerWord): boolean;
  /** Asks the thread to give back what it holds without knowing. */
  ask(owner: OwnerWord): void;
  /** The thread, for messages. */
  describe(owner: OwnerWord): string;
}

/** What a lock is made of. */
export interface LockParts {
  readonly words: Int32Array<SharedArrayBuffer>;
  /** Index of the lock word. */
  readonly index: number;
  /** Index of TURN. */
  readonly turn: number;
  /** Index of the count of releases that somebody may have waited for. */
  readonly moves: number;
  /** Subject of messages, such as "the lock". */
  readonly name: string;
  readonly owners: Owners;
  readonly own: OwnerWord;
  readonly waiting: Waiting;
  /** Milliseconds of sleep beside an owner that does not move, before LOCK_TIMEOUT. */
  readonly timeoutMs: number;
  /**
   * What the own word in the lock means to `acquire`. `'seize'`: this thread was cut off inside. `'deadlock'`: it
   * would wait for itself; waits without blocking queue up then.
   */
  readonly ownWord: 'seize' | 'deadlock';
  /** For tests: milliseconds of sleep after which TURN is reserved. */
  readonly turnAfterMs?: number;
}

/** A spinlock that sleeps when it takes longer. */
export class RobustLock {
  /** With those below: for a release in place, see `release`. */
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly index: number;
  readonly turn: number;
  readonly own: OwnerWord;
  private readonly parts: LockParts;
  private readonly turnAfterMs: number;

  constructor(parts: LockParts) {
    this.words = parts.words;
    this.index = parts.index;
    this.turn = parts.turn;
    this.own = parts.own;
    this.parts = parts;
    this.turnAfterMs = parts.turnAfterMs ?? TURN_AFTER_MS;
  }

  /**
   * Takes the lock, waiting for it as long as owners live and move.
   *
   * @throws AllocatorError `LOCK_TIMEOUT`, `CORRUPTED`; `DEADLOCK` where the own word means that
   */
  acquire(): Acquisition {
    if (Atomics.compareExchange(this.words, this.index, FREE, this.own) === FREE) return 'acquired';
    return this.#acquireSlow();
  }

  /** Like `acquire`, but asks at once whether the owner is dead, which is slow, rather than after a while. */
  acquireOrSeize(): Acquisition {
    if (this.tryAcquire()) return 'acquired';
    const seen = Atomics.load(this.words, this.index);
    return !isFree(seen) && this.#isLeft(seen) && this.#take(seen) ? 'seized' : this.acquire();
  }

  /** Takes the lock if it is free; never waits and never gives way. */
  tryAcquire(): boolean {
    const seen = Atomics.compareExchange(this.words, this.index, FREE, this.own);
    return seen === FREE || (seen === RESERVED && this.#take(seen));
  }

  /**
   * Gives the lock back if it is ours; tells whether it was. Near the end of the stack this call itself may fail: who
   * cannot have that does in place what stands here, which needs no room on the stack but for `wake`.
   */
  release(): boolean {
    if (Atomics.compareExchange(this.words, this.index, this.own, FREE) === this.own) return true;
    const waitedFor = this.own | WAITERS;
    const left = Atomics.load(this.words, this.turn) === NOBODY ? FREE : RESERVED;
    if (Atomics.compareExchange(this.words, this.index, waitedFor, left) !== waitedFor) return false;
    this.wake();
    return true;
  }

  /** After a release that found WAITERS: wakes one sleeper, or all where one of them has TURN. */
  wake(): void {
    const { words, index, turn, parts } = this;
    Atomics.add(words, parts.moves, 1);
    parts.waiting.notify(words, index, Atomics.load(words, turn) === NOBODY ? 1 : Infinity);
  }

  /** Nothing is called between taking the lock and the end, lest an overflow leave it taken. */
  #acquireSlow(): Acquisition {
    if (this.#spin()) return 'waited';
    requireHeadroom();
    const { words, index, turn, own, parts } = this;
    const wait = new Wait(parts.timeoutMs);
    try {
      for (;;) {
        const acquisition = this.#look(wait, true);
        if (acquisition !== undefined) return acquisition;
        const isVain = wait.end(parts.waiting.wait(words, index, wait.word, wait.begin()));
        if (isVain) this.#endTurn(wait);
        if (wait.sleptMs > this.turnAfterMs) this.#reserveTurn(wait);
      }
    } finally {
      if (wait.hasTurn) Atomics.compareExchange(words, turn, own, NOBODY);
    }
  }

  #spin(): boolean {
    for (let attempt = 0; attempt < SPINS; attempt++) {
      spinPause();
      if (Atomics.load(this.words, this.index) !== FREE) continue;
      if (Atomics.compareExchange(this.words, this.index, FREE, this.own) === FREE) return true;
    }
    return false;
  }

  /**
   * Like `acquire` for a thread that may not block. `critical`, which releases the lock, is called as soon as the lock
   * is ours, in the same turn: other code of this thread must never run while it holds the lock, since it would find
   * its own word there.
   *
   * @throws AllocatorError `LOCK_TIMEOUT`; the reason of the cancellation; whatever `critical` throws
   */
  async acquireAsync<R>(critical: (acquisition: Acquisition) => R, cancellation: Cancellation): Promise<R> {
    cancellation.throwIfAborted();
    if (Atomics.compareExchange(this.words, this.index, FREE, this.own) === FREE) return critical('acquired');
    const wait = new Wait(this.parts.timeoutMs);
    for (;;) {
      const acquisition = this.#look(wait, false);
      if (acquisition !== undefined) return critical(acquisition);
      if (await this.#sleepAsync(wait)) this.#endTurn(wait);
      cancellation.throwIfAborted();
    }
  }

  /** The timer keeps Node alive, which `waitAsync` alone does not. */
  async #sleepAsync(wait: Wait): Promise<boolean> {
    const keepAlive = setInterval(() => undefined, SLICE_MS);
    try {
      return wait.end(await this.parts.waiting.waitAsync(this.words, this.index, wait.word, wait.begin()));
    } finally {
      clearInterval(keepAlive);
    }
  }

  /** One look at the lock: takes it with WAITERS set, seizes it, or leaves the word to sleep on in `wait`. */
  #look(wait: Wait, mayBlock: boolean): Acquisition | undefined {
    for (;;) {
      const seen = Atomics.load(this.words, this.index);
      wait.see(seen, Atomics.load(this.words, this.parts.moves));
      if (isFree(seen)) {
        if (seen === RESERVED && this.#givesWay(wait)) return undefined;
        if (this.#take(seen)) return 'waited';
      } else if (this.#mayBeSeized(seen, wait, mayBlock)) {
        if (this.#take(seen)) return 'seized';
      } else if (Atomics.compareExchange(this.words, this.index, seen, seen | WAITERS) === seen) {
        if (wait.isOver) throw this.#timeoutError(seen);
        wait.word = seen | WAITERS;
        return undefined;
      }
    }
  }

  /** The compare-exchange from the very word seen makes sure that one thread alone takes it. */
  #take(seen: number): boolean {
    return Atomics.compareExchange(this.words, this.index, seen, this.own | WAITERS) === seen;
  }

  #givesWay(wait: Wait): boolean {
    if (wait.hasGivenWay) return false;
    wait.turn = Atomics.load(this.words, this.turn);
    if (wait.turn === NOBODY || wait.turn === this.own) return false;
    wait.word = RESERVED;
    return true;
  }

  /** Whoever has TURN and lives reserves it again. */
  #endTurn(wait: Wait): void {
    wait.hasGivenWay = true;
    Atomics.compareExchange(this.words, this.turn, wait.turn, NOBODY);
  }

  #reserveTurn(wait: Wait): void {
    const before = Atomics.compareExchange(this.words, this.turn, NOBODY, this.own);
    wait.hasTurn = before === NOBODY || before === this.own;
  }

  /** Whether the owner left the lock behind. One that stands still is asked, in case it does not know. */
  #mayBeSeized(seen: number, wait: Wait, mayBlock: boolean): boolean {
    if (isHeldBy(seen, this.own) && this.parts.ownWord === 'deadlock') return this.#refuseOwn(mayBlock);
    if (isHeldBy(seen, this.own)) return true;
    if (!this.parts.owners.names(seen)) throw this.#corruptedError(seen);
    if (!wait.suspectsDeath) return false;
    if (this.parts.owners.isDead(seen)) return true;
    this.parts.owners.ask(seen);
    return false;
  }

  #isLeft(seen: number): boolean {
    if (isHeldBy(seen, this.own)) return this.parts.ownWord === 'seize';
    return this.parts.owners.names(seen) && this.parts.owners.isDead(seen);
  }

  #refuseOwn(mayBlock: boolean): false {
    if (!mayBlock) return false;
    throw new AllocatorError(
      'DEADLOCK',
      `${this.parts.name} is held by this thread already, which would wait for itself`,
    );
  }

  #timeoutError(owner: OwnerWord): AllocatorError {
    const { name, owners, timeoutMs } = this.parts;
    return new AllocatorError(
      'LOCK_TIMEOUT',
      `${name} was held by ${owners.describe(owner)} for more than ${timeoutMs} ms`,
    );
  }

  #corruptedError(seen: number): AllocatorError {
    const place = `${this.parts.name}, word ${this.index} of its memory,`;
    return new AllocatorError('CORRUPTED', `${place} holds ${seen}, which names no thread slot`);
  }
}
