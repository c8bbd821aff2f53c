/**
 * Threads that stepped back from a spin loop, and when they may go on.
 *
 *     READY ──steps back──▶ SPINNING ──an address it read changes, or a thread dies──▶ READY
 *                               └──nobody else can run (BY_NECESSITY, TO_THE_LAST)──▶ READY, to look again
 *
 * The masks of those that looked again and found nothing new are in SPUN_OUT, those of the last look in its upper half.
 */
import { SPIN_ADDRESSES, Status, Word, type Board } from './board.ts';
import { MAX_BYTES } from './operation.ts';

/** Why a spinning thread goes on, in `Board.persisting`. */
export const Persisting = { NOT: 0, BY_NECESSITY: 1, TO_THE_LAST: 2 } as const;

/** Where the mask of threads that took their last look stands in SPUN_OUT. */
export const LAST_SHIFT = 16;

/** Takes `thread` out of the race until memory changes that it spins on. */
export function stepBack(board: Board, thread: number, addresses: Iterable<number>): void {
  const { words, persisting } = board;
  if (persisting[thread] !== Persisting.NOT) words[Word.SPUN_OUT] |= 1 << thread;
  if (persisting[thread] === Persisting.TO_THE_LAST) words[Word.SPUN_OUT] |= 1 << (thread + LAST_SHIFT);
  let count = 0;
  for (const address of addresses) board.spinAddress[thread * SPIN_ADDRESSES + count++] = address;
  suspend(board, thread, count);
}

/** Lets others run first, whatever `thread` does: it took very many steps in a row. */
export function yieldToOthers(board: Board, thread: number): void {
  board.words[Word.IN_A_ROW] = 0;
  if ((board.words[Word.ENABLED] & ~(1 << thread)) === 0) return;
  board.words[Word.YIELDED] = 1;
  suspend(board, thread, 0);
}

/** The thread can take steps again. */
export function goOn(board: Board, thread: number, why: number): void {
  const { words, persisting, status } = board;
  status[thread] = Status.READY;
  persisting[thread] = why;
  words[Word.ENABLED] |= 1 << thread;
  words[Word.SPINNING] &= ~(1 << thread);
}

/** Lets every thread go on that spins on an address from `address` to `address + size`, or for any change. */
export function wakeSpinners(board: Board, address: number, size: number): void {
  const { words } = board;
  words[Word.SPUN_OUT] = 0;
  for (let rest = words[Word.SPINNING]; rest !== 0; rest &= rest - 1) {
    const thread = 31 - Math.clz32(rest & -rest);
    if (waitsFor(board, thread, address, size)) goOn(board, thread, Persisting.NOT);
  }
}

/** Lets all spinning threads look again. */
export function wakeAllSpinners(board: Board): void {
  wakeSpinners(board, -MAX_BYTES, 2 * MAX_BYTES);
}

function suspend(board: Board, thread: number, addressCount: number): void {
  const { words, spinCount, status } = board;
  spinCount[thread] = addressCount;
  status[thread] = Status.SPINNING;
  words[Word.ENABLED] &= ~(1 << thread);
  words[Word.SPINNING] |= 1 << thread;
}

function waitsFor(board: Board, thread: number, address: number, size: number): boolean {
  const count = board.spinCount[thread];
  if (count === 0) return true;
  const start = thread * SPIN_ADDRESSES;
  for (let slot = start; slot < start + count; slot++) {
    const at = board.spinAddress[slot];
    if (at >= address && at < address + size) return true;
  }
  return false;
}
