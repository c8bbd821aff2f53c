/**
 * How a shared value lies in its block. Everything is relative to the block, so that it can be copied, saved and loaded.
 *
 *   ├─ header ─┼─ words: records of objects and arrays, shape table ─┼─ doubles ─┼─ text and bytes ─┤
 *      8 words    4-byte aligned                                        8-byte aligned
 *
 * A value is one word: a tag in its low three bits, a payload in the other 29.
 *
 *   INT      a whole number of 29 bits, with sign
 *   DECIMAL  mantissa · 10^−exponent: 24 bits with sign above 5 bits; the doubles that people write
 *   DOUBLE   index of a double
 *   CHARS    up to four characters from U+0001 to U+007F, seven bits each, the first one lowest
 *   TEXT     byte offset in the text section: a length (LEB128 of 2 · bytes + wide), then UTF-8 or, if wide, UTF-16
 *   OBJECT   word offset of a record: index of the shape, then a word for each key
 *   ARRAY    word offset of a record: 8 · length + kind of elements, then the elements
 *   OTHER    a constant, or the word offset of a record that begins with a `Kind`; offsets below 8 lie in the header
 *
 * Objects with the same keys in the same order share a shape: (hash, text word of the JSON array of the keys). Nothing
 * in a block changes after MAGIC is stored, which is the last store of `share`.
 */

/** "THV1" in ASCII: the first word of a shared value. */
export const MAGIC = 0x54_48_56_31;

/** The words of the header. */
export const HeaderWord = {
  MAGIC: 0,
  /** The value itself. */
  ROOT: 1,
  /** Word offset and number of the shapes. */
  SHAPES: 2,
  SHAPE_COUNT: 3,
  /** Byte offset and number of the doubles. */
  DOUBLES: 4,
  DOUBLE_COUNT: 5,
  /** Byte offset and length of the text section. */
  TEXT: 6,
  TEXT_BYTES: 7,
  END: 8,
} as const;

/** The words of a shape. */
export const ShapeWord = { HASH: 0, KEYS: 1, END: 2 } as const;

export const Tag = { INT: 0, DECIMAL: 1, DOUBLE: 2, CHARS: 3, TEXT: 4, OBJECT: 5, ARRAY: 6, OTHER: 7 } as const;
export const TAG_BITS = 3;
export const TAG_MASK: number = 2 ** TAG_BITS - 1;
/** Payloads lie below this. */
export const PAYLOAD_LIMIT: number = 2 ** (32 - TAG_BITS);

/** Values without a record, by the payload of OTHER. */
export const CONSTANTS: readonly unknown[] = [null, true, false, undefined, NaN, Infinity, -Infinity, -0];

/** The first word of a record behind OTHER. */
export const Kind = {
  /** Length in bytes, byte offset in the text section. */
  BYTES: 0,
  /** Milliseconds since 1970 as a number. */
  DATE: 1,
  /** A text in decimal. */
  BIGINT: 2,
  /** See `dictionary.ts`. */
  DICTIONARY: 3,
} as const;

/** How the elements of an array lie in its record. */
export const Elements = { VALUES: 0, INT8: 1, INT16: 2, INT32: 3, FLOAT32: 4, FLOAT64: 5 } as const;

export const DECIMAL_MANTISSA_LIMIT: number = 2 ** 23;
export const DECIMAL_SHIFT = 8;
/** Powers of ten that are exact as doubles. */
export const POWERS_OF_TEN: Float64Array = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
export const EXPONENT_MASK = 31;

/** An object of more keys is a dictionary, and so is every object beyond this many shapes. */
export const SHAPE_KEY_LIMIT = 64;
export const SHAPE_LIMIT = 256;

/** The word for a value that lies in a record at a word offset. */
export function recordWord(offset: number, tag: number): number {
  return (offset << TAG_BITS) | tag;
}
