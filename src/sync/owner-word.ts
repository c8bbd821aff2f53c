/**
 * The word by which a thread says that something is its own: thread slot and generation in one Int32.
 *
 *   31  30        11 10       1 0
 *   ├ 0 ┼ generation ┼ slot + 1 ┼ mark ┤        0 = nobody
 *
 * The lowest bit belongs to whoever keeps the word: a lock notes there that somebody waits.
 */

/** Slot and generation of a thread as one Int32, with the lowest bit clear. */
export type OwnerWord = number;

export const SLOT_BITS = 10;
export const GENERATION_BITS = 20;

const SLOT_SHIFT = 1;
const GENERATION_SHIFT = SLOT_SHIFT + SLOT_BITS;
const SLOT_MASK = 2 ** SLOT_BITS - 1;
const GENERATION_MASK = 2 ** GENERATION_BITS - 1;

/** The word of the thread that has `slot` in its `generation`. */
export const ownerWord = (slot: number, generation: number): OwnerWord =>
  (generation << GENERATION_SHIFT) | ((slot + 1) << SLOT_SHIFT);

/** −1 for a word that names no slot. */
export const slotOfOwner = (owner: OwnerWord): number => ((owner >>> SLOT_SHIFT) & SLOT_MASK) - 1;

export const generationOfOwner = (owner: OwnerWord): number => (owner >>> GENERATION_SHIFT) & GENERATION_MASK;

/** The owner that a word names, without the lowest bit; 0 = nobody. */
export const ownerIn = (word: number): OwnerWord => (word >>> SLOT_SHIFT) << SLOT_SHIFT;
