/**
 * Code of the scenario that runs outside of its threads.
 */
import { MAX_THREADS, Verdict, Word, type VerdictCode } from '../engine/board.ts';
import type { RunnerParts } from './runner-parts.ts';
import { describeThrown } from '../trace/thrown.ts';

/** Hooks share one sequence of random numbers, which is no thread's. */
export const HOOK_CLOCK: number = MAX_THREADS;

/** One worker's way to call hooks. */
export class Hooks {
  readonly #parts: RunnerParts;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Takes down what failed, and tells the host what was thrown. */
  blame(verdict: VerdictCode, error: unknown): void {
    this.#parts.context.scheduler.blame(verdict);
    this.#parts.post({ type: 'thrown', message: describeThrown(error) });
  }

  /** Runs code of the scenario outside of its threads: its operations are executed directly. */
  run<Result>(call: () => Result): Result {
    const { context, clock } = this.#parts;
    context.inHook = true;
    context.scheduler.board.words[Word.IN_HOOK] = 1;
    clock.restart(HOOK_CLOCK);
    try {
      return call();
    } finally {
      context.inHook = false;
      context.scheduler.board.words[Word.IN_HOOK] = 0;
    }
  }

  /** The same; what it throws is a failure. */
  attempt(call: () => void): void {
    try {
      this.run(call);
    } catch (error) {
      this.blame(Verdict.EXCEPTION, error);
    }
  }
}
