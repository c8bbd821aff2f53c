/**
 * Some schedules with endless loops are run again as a whole, with none of the re-reads that were passed over before. A
 * thread that does not count its rounds does the same again; one that does is found out even if no later schedule has
 * this one as its beginning. The first few are repeated, then ever fewer.
 */
import { Mode, Word, type Board } from './board.ts';
import { noteCounting } from './spin.ts';

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
