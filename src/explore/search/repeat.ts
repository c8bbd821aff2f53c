/**
 * Runs one given schedule again and again: the whole path is the prefix, and what comes after it, if the program went
 * another way, runs by default. The trace hash of every run is compared with that of the first.
 */
import { Verdict, Word, type Board } from '../engine/board.ts';
import { nextThread, type Chooser } from '../engine/chooser.ts';

export class Repeat implements Chooser {
  readonly #board: Board;

  constructor(board: Board) {
    this.#board = board;
  }

  choose(step: number): number {
    const { words, chosen } = this.#board;
    const current = words[Word.CURRENT];
    const enabled = words[Word.ENABLED] || words[Word.DUE];
    const stays = words[Word.ALONE] !== 0 || (current >= 0 && (enabled & (1 << current)) !== 0);
    chosen[step] = stays ? current : nextThread(current, enabled);
    return chosen[step];
  }

  advance(): boolean {
    const { words } = this.#board;
    if (words[Word.RUN] === 0) words[Word.FIRST_HASH] = words[Word.HASH];
    else if (words[Word.HASH] !== words[Word.FIRST_HASH]) words[Word.DIFFERENT]++;
    words[Word.RUN]++;
    return words[Word.RUN] < words[Word.REPLAYS] && words[Word.VERDICT] !== Verdict.NONDETERMINISM;
  }

  counts(): boolean {
    return true;
  }
}
