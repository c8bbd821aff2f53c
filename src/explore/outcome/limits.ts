/**
 * What a search left out, in words: the bounds within which it is complete, and the places where it cannot be called so.
 */
import { Word } from '../engine/board.ts';

/** What a search did not try, by rule: within these limits it is complete. */
export function limitsOf(words: Int32Array, spinLimit: number, bound: number | null): string[] {
  const limits: string[] = [];
  if (bound !== null && words[Word.BOUND_CUT] !== 0) limits.push(`at most ${count(bound, 'preemption')}`);
  if (words[Word.HELD_BACK] !== 0)
    limits.push('timeouts and timers fire, and deadlines pass, only when nothing else can run, the earliest first');
  if (words[Word.ENDLESS_LOOPS] !== 0) {
    limits.push(
      `a thread in a loop without end (none after ${count(spinLimit, 're-read')} of unchanged memory) steps back ` +
        'in its third round until memory changes',
    );
  }
  return limits;
}

/** What makes a search incomplete, whatever its bounds. */
export function gapsOf(words: Int32Array, spinLimit: number): string[] {
  const gaps: string[] = [];
  if (words[Word.COUNTING] !== 0) {
    gaps.push(
      'a thread that spins counts its rounds, or depends on them otherwise: not every number of rounds was tried',
    );
  }
  if (words[Word.LONG_LOOPS] !== 0) {
    gaps.push(
      `a loop ended by itself after more than ${count(spinLimit, 're-read')} of unchanged memory: ` +
        'nobody came between in its later rounds; raise spinLimit',
    );
  }
  if (words[Word.YIELDED] !== 0) {
    gaps.push('a thread took so many steps in a row that others had to go on: that it goes on itself was not tried');
  }
  return gaps;
}

const count = (value: number, noun: string): string =>
  `${value.toLocaleString('en-US')} ${noun}${value === 1 ? '' : 's'}`;
