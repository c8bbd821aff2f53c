/** Values that fit one word, and how arrays of numbers are packed. Values of one kind cost what their digits suggest. */
import {
  CONSTANTS,
  DECIMAL_MANTISSA_LIMIT,
  DECIMAL_SHIFT,
  Elements,
  EXPONENT_MASK,
  PAYLOAD_LIMIT,
  POWERS_OF_TEN,
  Tag,
  TAG_BITS,
} from './value-format.ts';

/** Returned when a value does not fit a word. No word of these tags looks like it. */
export const NO_WORD = -1;

const INT_LIMIT = PAYLOAD_LIMIT / 2;
export const CHARS_LIMIT = 4;
const BITS_PER_CHAR = 7;
const CHAR_MASK = 2 ** BITS_PER_CHAR - 1;

/** The word for null, a boolean, undefined, or one of the numbers that have no digits. */
export function constantWord(value: unknown): number {
  return (CONSTANTS.findIndex((one) => Object.is(one, value)) << TAG_BITS) | Tag.OTHER;
}

/** The word for a number that fits one: whole numbers of 29 bits, short decimals, and those without digits. */
export function numberWord(value: number): number {
  const integer = value | 0;
  if (integer === value && integer >= -INT_LIMIT && integer < INT_LIMIT) {
    return integer !== 0 || !Object.is(value, -0) ? integer << TAG_BITS : constantWord(value);
  }
  return Number.isFinite(value) ? decimalWord(value) : constantWord(value);
}

/** Mantissa and exponent of a number that is written with few digits: their quotient is that very double. */
function decimalWord(value: number): number {
  for (let exponent = 1; exponent < POWERS_OF_TEN.length; exponent++) {
    const mantissa = Math.round(value * POWERS_OF_TEN[exponent]);
    if (mantissa >= DECIMAL_MANTISSA_LIMIT || mantissa < -DECIMAL_MANTISSA_LIMIT) return NO_WORD;
    if (mantissa / POWERS_OF_TEN[exponent] === value) {
      return (mantissa << DECIMAL_SHIFT) | (exponent << TAG_BITS) | Tag.DECIMAL;
    }
  }
  return NO_WORD;
}

export function decimalOf(word: number): number {
  return (word >> DECIMAL_SHIFT) / POWERS_OF_TEN[(word >>> TAG_BITS) & EXPONENT_MASK];
}

/** The word for a text of at most CHARS_LIMIT characters. */
export function charsWord(text: string): number {
  let word = 0;
  for (let index = text.length - 1; index >= 0; index--) {
    const code = text.charCodeAt(index);
    if (code === 0 || code > CHAR_MASK) return NO_WORD;
    word = (word << BITS_PER_CHAR) | code;
  }
  return (word << TAG_BITS) | Tag.CHARS;
}

export function charsOf(word: number): string {
  let text = '';
  for (let rest = word >>> TAG_BITS; rest !== 0; rest >>>= BITS_PER_CHAR) text += String.fromCharCode(rest & CHAR_MASK);
  return text;
}

/** How the elements of an array are best kept: packed if they are numbers, else as values. */
export function elementsOf(array: readonly unknown[]): number {
  if (array.length === 0 || typeof array[0] !== 'number') return Elements.VALUES;
  let [least, greatest] = [0, 0];
  let [areWhole, areSingle] = [true, true];
  let longWords = 0;
  for (let index = 0; index < array.length; index++) {
    const value = array[index];
    if (typeof value !== 'number') return Elements.VALUES;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (areWhole) areWhole = (value | 0) === value && !Object.is(value, -0);
    if (areSingle) areSingle = Object.is(Math.fround(value), value);
    if (!areWhole && numberWord(value) === NO_WORD) longWords++;
  }
  if (areWhole) return wholeElements(Math.max(greatest, -1 - least));
  if (areSingle) return Elements.FLOAT32;
  return longWords * 2 > array.length ? Elements.FLOAT64 : Elements.VALUES;
}

function wholeElements(magnitude: number): number {
  if (magnitude < 2 ** 7) return Elements.INT8;
  return magnitude < 2 ** 15 ? Elements.INT16 : Elements.INT32;
}

/** Bytes of an element; those of 64 bits lie elsewhere. */
export function bytesOfElement(kind: number): number {
  if (kind === Elements.INT8) return 1;
  return kind === Elements.INT16 ? 2 : 4;
}
