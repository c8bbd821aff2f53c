/** Members of an object by name, be it of a shape or a dictionary: what Proxies, copies and helpers work with. */
import { countAt, indexOfKey, keysPlace, valuesPlace } from '../format/dictionary.ts';
import { shapeAt } from './shape-cache.ts';
import type { SharedBlock } from './shared-block.ts';
import { Kind } from '../format/value-format.ts';

/** An object as a list of keys and the words of their values. */
export interface Members {
  readonly keys: readonly string[];
  /** Word offset of the first value. */
  readonly values: number;
  /** Index of a key, or −1. */
  indexOf(key: string): number;
}

/** Members of an object that has a shape. */
export function shapeMembers(block: SharedBlock, at: number): Members {
  const { keys, indices } = shapeAt(block, block.words[at]);
  return { keys, values: at + 1, indexOf: (key) => indices.get(key) ?? -1 };
}

/** Members of a dictionary. */
export function dictionaryMembers(block: SharedBlock, at: number): Members {
  const { words } = block;
  const count = countAt(words, at);
  const keyAt = (index: number): string => block.textOf(words[keysPlace(at) + index]);
  let keys: readonly string[] | undefined;
  return {
    get keys() {
      return (keys ??= Array.from({ length: count }, (_, index) => keyAt(index)));
    },
    values: valuesPlace(at, count),
    indexOf: (key) => indexOfKey(words, at, key, keyAt),
  };
}

/** Whether the record at a word offset behind OTHER is a dictionary. */
export function isDictionary(block: SharedBlock, at: number): boolean {
  return block.words[at] === Kind.DICTIONARY;
}
