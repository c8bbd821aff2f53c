/**
 * The three ways to count memory, kept apart by the type checker.
 *
 *   byte address   offset in the buffer, what users see; may exceed 2³², so never shift it
 *   word           index of an Int32 in the buffer's metadata
 *   unit           index of the smallest piece that the table hands out, counted from the first user byte
 */

declare const kind: unique symbol;

/** Offset of a byte in the shared buffer. */
export type ByteAddress = number & { readonly [kind]: 'byte address' };
/** Index of an Int32 word in the metadata. */
export type WordIndex = number & { readonly [kind]: 'word' };
/** Index of a unit of user memory; at most 2³⁰, so bit operations are safe. */
export type Unit = number & { readonly [kind]: 'unit' };

/** Stands for "no such unit". */
export const NO_UNIT: Unit = -1 as Unit;

export const BYTES_PER_WORD = 4;
export const BITS_PER_WORD = 32;
/** Words on a cache line of 64 bytes: what different threads write on hot paths lies at least so far apart. */
export const CACHE_LINE_WORDS = 16;

/** The word after `count` words from `word` on. */
export function wordAfter(word: WordIndex, count: number): WordIndex {
  return (word + count) as WordIndex;
}

/** The unit after `count` units from `unit` on. */
export function unitAfter(unit: Unit, count: number): Unit {
  return (unit + count) as Unit;
}

/** `value` rounded up to a multiple of `step`. Works beyond 2³², unlike bit masks. */
export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** Byte offset of a word in the buffer. */
export function byteOffsetOf(word: WordIndex): number {
  return word * BYTES_PER_WORD;
}
