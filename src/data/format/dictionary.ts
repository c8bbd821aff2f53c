/**
 * Objects with many keys: found by hash rather than by shape.
 *
 *   Kind.DICTIONARY │ count n │ n words: keys │ n words: values │ table of 2^k entries, each index + 1 or 0
 *
 * Entries have 16 bits if that is enough for n, else 32. Linear probing; the table is at most two thirds full.
 */
import { hashOf } from './hash.ts';

const FULLNESS = 2 / 3;
const BYTES_PER_WORD = 4;
const COUNT = 1;
const KEYS = 2;
const SHORT_LIMIT = 2 ** 16 - 1;

type Table = Uint16Array | Int32Array;

const tableLengthFor = (count: number) => 2 ** Math.ceil(Math.log2(Math.max(2, count / FULLNESS)));
const entriesPerWord = (count: number) => (count < SHORT_LIMIT ? 2 : 1);

/** Words of the record of a dictionary of `count` keys. */
export function dictionaryWords(count: number): number {
  return KEYS + 2 * count + Math.ceil(tableLengthFor(count) / entriesPerWord(count));
}

export const keysPlace = (at: number): number => at + KEYS;
export const valuesPlace = (at: number, count: number): number => at + KEYS + count;
export const countAt = (words: Int32Array, at: number): number => words[at + COUNT];

function tableOf(words: Int32Array, at: number, count: number): Table {
  const start = words.byteOffset + (valuesPlace(at, count) + count) * BYTES_PER_WORD;
  const length = tableLengthFor(count);
  return entriesPerWord(count) === 2
    ? new Uint16Array(words.buffer, start, length)
    : new Int32Array(words.buffer, start, length);
}

/** Writes count and table of a dictionary; keys and values are the caller's. */
export function writeTable(words: Int32Array, at: number, keys: readonly string[]): void {
  const table = tableOf(words, at, keys.length);
  words[at + COUNT] = keys.length;
  keys.forEach((key, index) => {
    let place = hashOf(key) & (table.length - 1);
    while (table[place] !== 0) place = (place + 1) & (table.length - 1);
    table[place] = index + 1;
  });
}

/** Index of a key in a dictionary, or −1. */
export function indexOfKey(words: Int32Array, at: number, key: string, keyAt: (index: number) => string): number {
  const table = tableOf(words, at, countAt(words, at));
  for (let place = hashOf(key) & (table.length - 1); table[place] !== 0; place = (place + 1) & (table.length - 1)) {
    if (keyAt(table[place] - 1) === key) return table[place] - 1;
  }
  return -1;
}
