/**
 * Threads that stepped back from a spin loop, and when they may go on.
 *
 *     READY ──spins──▶ SPINNING ──an address it read changes, or a thread dies──▶ READY
 *                          ├──the search lets it spin on (BY_CHOICE)──────────────▶ READY, for `spinLimit` re-reads
 *                          └──nobody else can run (BY_NECESSITY)──────────────────▶ READY, for `spinLimit` re-reads
 *
 * Spinning on by choice explores loops that give up after some rounds and then, say, sleep. A loop that reaches the
 * limit by choice has only read what it had read before: the schedule is equivalent to one in which it stepped back,
 * and its place in the code is remembered as endless, so that the choice is not offered there again.
 */
import { MAX_SPIN_SITES, SPIN_ADDRESSES, Status, Word, type Board } from './board.ts';

/** Why a spinning thread goes on, in `Board.persisting`. */
export const Persisting = { NOT: 0, BY_CHOICE: 1, BY_NECESSITY: 2 } as const;

/** Takes `thread` out of the race until memory changes that it spins on; `mayPersist` if spinning on is a choice. */
export function stepBack(board: Board, thread: number, addresses: Iterable<number>, mayPersist: boolean): void {
  const { words, persisting } = board;
  if (persisting[thread] === Persisting.BY_NECESSITY) words[Word.SPUN_OUT] |= 1 << thread;
  words[Word.CONTINUABLE] = mayPersist ? 1 << thread : 0;
  let count = 0;
  for (const address of addresses) board.spinAddress[thread * SPIN_ADDRESSES + count++] = address;
  suspend(board, thread, count);
}

/** Lets others run first, whatever `thread` does: it took very many steps in a row. */
export function yieldToOthers(board: Board, thread: number): void {
  board.words[Word.IN_A_ROW] = 0;
  if ((board.words[Word.ENABLED] & ~(1 << thread)) !== 0) suspend(board, thread, 0);
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
  wakeSpinners(board, 0, Infinity);
}

/** Remembers a place in the code as a loop without end. */
export function rememberEndless(board: Board, site: number): void {
  const { words, spinSites } = board;
  if (!isKnownEndless(board, site) && words[Word.SPIN_SITES] < MAX_SPIN_SITES) {
    spinSites[words[Word.SPIN_SITES]++] = site;
  }
}

/** Whether that place was remembered. */
export function isKnownEndless(board: Board, site: number): boolean {
  return board.spinSites.subarray(0, board.words[Word.SPIN_SITES]).includes(site);
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
