/**
 * What every search does at a step. A chooser keeps its state on the board, because whichever thread holds the baton
 * chooses. Sets of threads are masks; the threads of a choice mask that may die stand `DEATH_SHIFT` bits higher.
 */

/** Returned in place of a choice: the rest of this schedule is equivalent to one that is tried elsewhere. */
export const PRUNED = -1;

/** Decides who takes each step, and which schedule comes next. */
export interface Chooser {
  /** Fills the node of `step`; returns the choice or `PRUNED`. */
  choose(step: number): number;
  /** Takes the schedule that has just ended into account; false when there is no other. */
  advance(): boolean;
  /** Whether the schedule that has just ended counts as one more. */
  counts(): boolean;
}

/** The lowest bit set in a mask that is not empty. */
export const lowest = (mask: number): number => 31 - Math.clz32(mask & -mask);

/** The first thread of a mask that comes after `current`, in a circle. */
export function nextThread(current: number, mask: number): number {
  const later = mask & (-1 << (current + 1));
  return lowest(later === 0 ? mask : later);
}

/** Bits set in a mask. */
export function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** The `index`-th bit set in a mask. */
export function nthBit(mask: number, index: number): number {
  let rest = mask;
  for (let skipped = 0; skipped < index; skipped++) rest &= rest - 1;
  return lowest(rest);
}
