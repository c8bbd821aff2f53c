/**
 * Answers for a thread that holds a lock without knowing: a stack overflow or a `vm` timeout cut it off inside, and it
 * has made no call since in which it would have found its own word.
 *
 *   waiter                          owner, idle
 *   the owner stands still   ──▶    the promise of `waitAsync` on a word of its thread slot is settled
 *   adds to that word, wakes        in no call, so its own word in the lock was left there: gives the lock back
 *
 * The promise settles when the thread runs no code, so no critical section is under way. The count of questions is
 * read before the look at the lock, so none is lost. A pending `waitAsync` does not keep Node alive, and costs others
 * nothing. A thread that is busy or blocked cannot answer; nor can one in an engine without `waitAsync`.
 */
import type { OwnerWord } from './owner-word.ts';
import type { RobustLock } from './robust-lock.ts';
import type { ThreadSlots } from './thread-slots.ts';

/** The ear of one attachment. */
export class Answering {
  readonly #slots: ThreadSlots;
  readonly #own: OwnerWord;
  readonly #lock: RobustLock;
  #isListening = false;

  constructor(slots: ThreadSlots, own: OwnerWord, lock: RobustLock) {
    this.#slots = slots;
    this.#own = own;
    this.#lock = lock;
  }

  /** Answers from now on. */
  start(): void {
    if (!('waitAsync' in Atomics)) return;
    this.#isListening = true;
    this.#listen().catch(() => undefined); // a thread that cannot listen is as one that is busy
  }

  /** Ends the wait, which the engine would keep as long as the thread lives. */
  end(): void {
    if (!this.#isListening) return;
    this.#isListening = false;
    this.#slots.ask(this.#own);
  }

  async #listen(): Promise<void> {
    let asked = this.#slots.questionsTo(this.#own);
    while (this.#isListening) {
      await this.#slots.nextQuestion(this.#own, asked);
      asked = this.#slots.questionsTo(this.#own);
      if (this.#isListening) this.#lock.release();
    }
  }
}
