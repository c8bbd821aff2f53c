/**
 * The truth about the heap: one Int32 per unit, of which only those at heads mean anything.
 *
 *   +n           an allocated block of n units starts here
 *   +n | SLAB    the same, and it is a slab
 *   −n           a free run of n units starts here
 *
 * Heads follow from the words themselves: the first is unit 0, each next one lies n units further. The head bitmap says
 * the same in a form that can be asked about any unit; it is derived. Words at other units are leftovers and are
 * never looked at, so nothing has to be cleared behind a commit, and a death leaves nothing there to clear.
 *
 * Every change of the heap takes effect by one atomic store here, at the lowest head that it touches; what it needs
 * further up is written before, while it still lies inside a run. Writers hold the lock. An allocated head is
 * constant while its block lives, so its user may read it without the lock.
 */
import type { Layout } from '../layout/layout.ts';
import type { Unit } from '../layout/units.ts';

/** Bit of an allocated head that marks a slab; lengths stay below it. */
export const SLAB: number = 2 ** 30;

/** Units of the block or free run that a word stands for. */
export function unitsOf(word: number): number {
  return word < 0 ? -word : word & ~SLAB;
}

/** Whether a word stands for a slab. */
export function isSlab(word: number): boolean {
  return word > 0 && (word & SLAB) !== 0;
}

/** The words of the block map. */
export class BlockMap {
  readonly #words: Int32Array;

  constructor(layout: Layout) {
    this.#words = layout.viewOf(layout.regions.blockMap);
  }

  /** The word at a head, for the holder of the lock: positive = units of a block, negative = units of a free run. */
  at(head: number): number {
    return this.#words[head];
  }

  /** Units of the block or free run at a head. */
  unitsAt(head: number): number {
    return unitsOf(this.#words[head]);
  }

  /** Units of the free run at a head; 0 if a block starts there. */
  freeUnitsAt(head: number): number {
    const word = this.#words[head];
    return word < 0 ? -word : 0;
  }

  /** The word at a head, for a thread without the lock. */
  load(head: number): number {
    return Atomics.load(this.#words, head);
  }

  /** Writes a head that nobody can see yet, because it lies inside a run or beyond the end. */
  prepare(head: Unit, word: number): void {
    this.#words[head] = word;
  }

  /** The store by which a change takes effect. */
  commit(head: Unit, word: number): void {
    Atomics.store(this.#words, head, word);
  }
}
