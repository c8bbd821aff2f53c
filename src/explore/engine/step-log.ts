/**
 * The steps of a schedule as they are taken: which operation, and a hash over all values so far. Where a prefix is given
 * whose operations and hashes are known, each step is compared with it; the first that differs is a divergence.
 */
import { Flag, Verdict, Word, type Board } from './board.ts';
import { blamesLoop } from './spin.ts';

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
    const { words, flags, key, keys, size, sizes } = this.#board;
    const step = words[Word.STEP];
    if (this.#isKnown(step) && keys[step] !== key[this.#me]) return this.#diverge(step);
    keys[step] = key[this.#me];
    sizes[step] = size[this.#me];
    flags[step] &= ~Flag.CHANGED;
    words[Word.STEP] = step + 1;
    words[Word.CURRENT] = this.#me;
    words[Word.IN_A_ROW]++;
    return true;
  }

  /** Adds what the step found or left to the hash; false if a given prefix saw something else. */
  end(value: number): boolean {
    const { words, hashes, keys } = this.#board;
    const step = words[Word.STEP] - 1;
    let hash = Math.imul(words[Word.HASH] ^ keys[step] ^ (this.#me << 20), 0x5bd1e995);
    hash = Math.imul(hash ^ (hash >>> 13) ^ value, 0x2c1b3c6d);
    hash ^= hash >>> 15;
    words[Word.HASH] = hash;
    if (this.#isKnown(step) && ((hashes[step] ^ hash) & words[Word.HASH_MASK]) !== 0) return this.#diverge(step);
    hashes[step] = hash;
    return true;
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

  #isKnown(step: number): boolean {
    const { words } = this.#board;
    return step < words[Word.CHECKED] && step >= words[Word.CHECKED_FROM];
  }

  #diverge(step: number): false {
    const { words, key } = this.#board;
    if (blamesLoop(this.#board)) return false;
    words[Word.DIVERGED_AT] = step;
    words[Word.DIVERGED_KEY] = key[this.#me];
    words[Word.VERDICT] = Verdict.NONDETERMINISM;
    words[Word.FAILED_THREAD] = this.#me;
    return false;
  }
}
