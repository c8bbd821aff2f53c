/**
 * Values of a lock word, see robust-lock, and the bit that goes with an owner.
 */
import type { OwnerWord } from './owner-word.ts';

export const FREE = 0;
/** Beside an owner: somebody may sleep on the word. */
export const WAITERS = 1;
/** Free, but whoever has TURN goes first. */
export const RESERVED = 1;

/** TURN is nobody's. */
export const NOBODY = 0;

export const isFree = (word: number): boolean => (word & ~WAITERS) === FREE;

/** Whether the lock is held by `owner`. */
export const isHeldBy = (word: number, owner: OwnerWord): boolean => (word & ~WAITERS) === owner;
