/**
 * What happens when no thread can take a step: each thread has ended, sleeps, or stepped back from a spin loop.
 *
 * Spinning threads look once more first, because plain writes may have changed what they wait for. Then the earliest
 * timeout fires, or whichever is chosen, where they fire at any moment. Then, if any thread reads the clock, it moves on by an hour, once. Then each spinning
 * thread takes a last, long look: its loop may end after all. What is stuck after that is stuck for good.
 */
import { Status, Verdict, Word, type Board, type VerdictCode } from './board.ts';
import { lowest } from './chooser.ts';
import { goOn, LAST_SHIFT, Persisting } from './step-back.ts';
import { EVERYBODY, type WaitQueue } from './wait-queue.ts';

/** How far the clock moves, in milliseconds, when all threads only wait for a deadline. */
const CLOCK_JUMP = 3_600_000;

/**
 * Makes a thread able to run; otherwise tells how the schedule ended. Where timeouts are choices, nobody may be able to run
 * and `NONE` is returned: one of them is due.
 */
export function resolveStalemate(board: Board, queue: WaitQueue, choosesTimeouts: boolean): VerdictCode {
  const { words } = board;
  while (words[Word.ENABLED] === 0) {
    const lookAgain = words[Word.SPINNING] & ~words[Word.SPUN_OUT];
    if (lookAgain !== 0) goOn(board, lowest(lookAgain), Persisting.BY_NECESSITY);
    else if (choosesTimeouts && queue.nextToTimeOut() >= 0) return Verdict.NONE;
    else if (!timeOut(board, queue, EVERYBODY) && !jumpClock(board)) {
      const last = words[Word.SPINNING] & ~(words[Word.SPUN_OUT] >>> LAST_SHIFT);
      if (last === 0) return stuck(board);
      goOn(board, lowest(last), Persisting.TO_THE_LAST);
    }
  }
  return Verdict.NONE;
}

/** Lets the earliest timeout of the threads of a mask fire; false if there is none. */
export function timeOut(board: Board, queue: WaitQueue, threads: number): boolean {
  const { words } = board;
  const late = queue.timeOut(threads);
  if (late < 0) return false;
  words[Word.SPUN_OUT] = 0;
  if (!queue.wasTimer && words[Word.ENABLED] === 0) words[Word.RESCUED_NOW] = 1;
  enableWaiting(board, queue, 1 << late);
  return true;
}

/** Threads of the mask can run again if what they sleep for has happened; their next operation is not known yet. */
export function enableWaiting(board: Board, queue: WaitQueue, threads: number): void {
  const { words, status } = board;
  for (let rest = threads; rest !== 0; rest &= rest - 1) {
    const thread = lowest(rest);
    if (!queue.canGoOn(thread)) continue;
    status[thread] = Status.RESUMING;
    words[Word.ENABLED] |= 1 << thread;
  }
}

function jumpClock(board: Board): boolean {
  const { clock, words } = board;
  const useful = words[Word.SPINNING] !== 0 && words[Word.CLOCK_READ] !== 0 && words[Word.CLOCK_JUMPED] === 0;
  if (!useful) return false;
  words[Word.CLOCK_JUMPED] = 1;
  words[Word.HELD_BACK] = 1;
  words[Word.SPUN_OUT] = 0;
  clock[0] += CLOCK_JUMP;
  return true;
}

function stuck(board: Board): VerdictCode {
  if (board.words[Word.SPINNING] !== 0) return Verdict.LIVELOCK;
  const sleeps = board.status.includes(Status.WAITING) || board.status.includes(Status.AWAITING);
  return sleeps ? Verdict.DEADLOCK : Verdict.COMPLETE;
}
