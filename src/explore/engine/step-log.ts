/**
 * The steps of a schedule as they are taken: which operation, and a hash over all values so far. Where a prefix is given
 * whose operations and hashes are known, each step is compared with it; the first that differs is a divergence.
 */
import { Flag, Verdict, Word, type Board } from './board.ts';
import { keyOf, Operation } from './operation.ts';
import { blamesLoop } from './recheck.ts';

/** One worker's hand on the log. */
export class StepLog {
  readonly #board: Board;
  readonly #me: number;

  constructor(board: Board, me: number) {
    this.#board = board;
    this.#me = me;
  }

  /** Takes the step with the operation that this thread stands before; false if a given prefix wants another. */
  begin(): boolean {
    const { words, key, size } = this.#board;
    if (!this.#open(key[this.#me], size[this.#me])) return false;
    words[Word.CURRENT] = this.#me;
    words[Word.IN_A_ROW]++;
    return true;
  }

  /** Adds what the step found or left to the hash; false if a given prefix saw something else. */
  end(value: number): boolean {
    return this.#close(this.#me, value);
  }

  /** Takes a step that no thread executes: a timeout of `thread` fires. False if a given prefix wants another. */
  fire(thread: number): boolean {
    if (!this.#open(keyOf(Operation.TIMEOUT, 0), 0)) return false;
    this.#board.flags[this.#board.words[Word.STEP] - 1] |= Flag.CHANGED | Flag.FIRES;
    return this.#close(thread, 0);
  }

  /** Adds what a wait returned, which belongs to no step of its own. */
  mix(value: number): void {
    const { words } = this.#board;
    words[Word.HASH] = Math.imul(words[Word.HASH] ^ value, 0x01000193);
  }

  /** The step that was taken last changed something that others can see. */
  noteEffect(): void {
    const { words, flags } = this.#board;
    flags[words[Word.STEP] - 1] |= Flag.CHANGED;
  }

  #open(key: number, size: number): boolean {
    const { words, flags, keys, sizes } = this.#board;
    const step = words[Word.STEP];
    if (this.#isKnown(step) && keys[step] !== key) return this.#diverge(step, key);
    keys[step] = key;
    sizes[step] = size;
    flags[step] &= ~Flag.CHANGED;
    words[Word.STEP] = step + 1;
    return true;
  }

  #close(thread: number, value: number): boolean {
    const { words, hashes, keys } = this.#board;
    const step = words[Word.STEP] - 1;
    let hash = Math.imul(words[Word.HASH] ^ keys[step] ^ (thread << 20), 0x5bd1e995);
    hash = Math.imul(hash ^ (hash >>> 13) ^ value, 0x2c1b3c6d);
    hash ^= hash >>> 15;
    words[Word.HASH] = hash;
    const differs = this.#isKnown(step) && ((hashes[step] ^ hash) & words[Word.HASH_MASK]) !== 0;
    if (differs) return this.#diverge(step, keys[step]);
    hashes[step] = hash;
    return true;
  }

  #isKnown(step: number): boolean {
    const { words } = this.#board;
    return step < words[Word.CHECKED] && step >= words[Word.CHECKED_FROM];
  }

  #diverge(step: number, key: number): false {
    const { words } = this.#board;
    if (blamesLoop(this.#board)) return false;
    words[Word.DIVERGED_AT] = step;
    words[Word.DIVERGED_KEY] = key;
    words[Word.VERDICT] = Verdict.NONDETERMINISM;
    words[Word.FAILED_THREAD] = this.#me;
    return false;
  }
}
