/**
 * Some schedules with endless loops are run again as a whole, with none of the re-reads that were passed over before. A
 * thread that does not count its rounds does the same again; one that does is found out even if no later schedule has
 * this one as its beginning. The first few are repeated, then ever fewer.
 */
import { Mode, Verdict, Word, type Board } from './board.ts';

/** All of the first so many are repeated, then those whose number is a power of two. */
const ALWAYS = 16;

/** Makes the schedule that has just held the next one once more; false if it is not to be repeated. */
export function beginRecheck({ words }: Board, outcome: number): boolean {
  const passedOver = words[Word.PROBED] > 0 && words[Word.EXACT] === 0 && words[Word.MODE] === Mode.SEARCH;
  if (!passedOver) return false;
  const count = ++words[Word.RECHECKABLE];
  if (count > ALWAYS && (count & (count - 1)) !== 0) return false;
  words[Word.RECHECKING] = 1;
  words[Word.RECHECK_HASH] = words[Word.HASH];
  words[Word.RECHECK_OUTCOME] = outcome;
  words[Word.PREFIX] = words[Word.STEP];
  words[Word.CHECKED] = words[Word.STEP];
  words[Word.SPIN_KNOWN] = words[Word.STEP] + 1;
  return true;
}

/** The repetition is over; `outcome` is what came of it. */
export function endRecheck({ words }: Board, outcome: number): void {
  words[Word.RECHECKING] = 0;
  const same = words[Word.HASH] === words[Word.RECHECK_HASH] && outcome === words[Word.RECHECK_OUTCOME];
  if (!same) noteCounting(words);
}

/**
 * A schedule went another way than before. True if a loop can be to blame, in which fewer re-reads were passed over
 * than the last time: the schedule is then run once more, unchecked, and from now on all are passed over alike.
 */
export function blamesLoop({ words }: Board): boolean {
  if (words[Word.MODE] !== Mode.SEARCH || words[Word.SHORTENED] === 0) return false;
  noteCounting(words);
  words[Word.CHECKED] = 0;
  words[Word.VERDICT] = Verdict.RETRY;
  return true;
}

/** A thread counts the rounds of an endless loop. */
function noteCounting(words: Int32Array): void {
  words[Word.COUNTING] = 1;
  words[Word.EXACT] = 1;
}
