/**
 * Code of the user's that runs inside the heap: a fit, a liveness. Meanwhile the heap is in the middle of something, so
 * that calls of it are refused.
 *
 * A `vm` timeout inside such code skips every `finally`. Therefore what was entered also ends with the current turn of
 * the event loop, in which all of it runs.
 *
 * Such code may also overflow the stack. So `enter` notes nothing before its last call is made, and what comes after
 * the user's code is a store by the caller, `running = before`, which needs no room on the stack.
 */
import { AllocatorError } from '../allocator-error.ts';

/** Knows whether code of the user's runs inside one heap, in this thread. */
export class UserCode {
  /** What runs, as a message names it; empty if nothing does. Whoever has entered sets it back. */
  running = '';
  #endsWithTurn = false;

  readonly #end = (): void => {
    this.running = '';
    this.#endsWithTurn = false;
  };

  /** Whether anything runs. */
  get isRunning(): boolean {
    return this.running !== '';
  }

  /** Notes that something starts to run; returns what ran before. */
  enter(what: string): string {
    if (!this.#endsWithTurn) queueMicrotask(this.#end);
    this.#endsWithTurn = true;
    const before = this.running;
    this.running = what;
    return before;
  }

  /** @throws AllocatorError `REENTRANT` while anything runs */
  refuse(): void {
    if (this.running === '') return;
    throw new AllocatorError('REENTRANT', `${this.running} called the heap while the heap was calling it`);
  }
}
