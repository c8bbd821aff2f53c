/** From shared values to plain ones: `clone`, `keys`, `entries`. `clone` has a stack of its own, so no depth overflows. */
import { dictionaryMembers, isDictionary, shapeMembers, type Members } from './members.ts';
import { proxyPlaceOf } from './proxies.ts';
import { SharedArray } from './shared-array.ts';
import type { SharedBlock } from './shared-block.ts';
import { SharedObject } from './shared-object.ts';
import { CONSTANTS, Elements, Tag, TAG_BITS, TAG_MASK } from '../format/value-format.ts';

/** A plain object or array that is still to be filled. */
type Pending =
  { readonly target: unknown[]; readonly at: number } | { readonly target: object; readonly members: Members };

/** The members of a shared object by name and value. Values are shared ones, as property access gives them. */
export function entries(value: object): [string, unknown][] {
  return keys(value).map((key) => [key, (value as Record<string, unknown>)[key]]);
}

/** The keys of a shared object, in the order of the original. Plain objects are as welcome. */
export function keys(value: object): string[] {
  if (!SharedObject.isOne(value)) return Object.keys(value);
  const { block, at } = SharedObject.placeOf(value);
  return [...shapeMembers(block, at).keys];
}

/** A private, plain copy of a shared value, or of a part of one. What is no shared value is returned as it is. */
export function clone(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (SharedArray.isOne(value)) return cloneArray(SharedArray.placeOf(value));
  if (SharedObject.isOne(value)) {
    const { block, at } = SharedObject.placeOf(value);
    return cloneObject(block, shapeMembers(block, at));
  }
  const place = proxyPlaceOf(value);
  if (place === undefined) return value;
  return place.members === undefined ? cloneArray(place) : cloneObject(place.block, place.members);
}

function cloneArray({ block, at }: { readonly block: SharedBlock; readonly at: number }): unknown {
  const target: unknown[] = [];
  return fillAll(block, target, [{ target, at }]);
}

function cloneObject(block: SharedBlock, members: Members): unknown {
  const target = {};
  return fillAll(block, target, [{ target, members }]);
}

function fillAll(block: SharedBlock, result: object, pending: Pending[]): object {
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if ('at' in next) fillArray(block, next.target, next.at, pending);
    else fillObject(block, next.target, next.members, pending);
  }
  return result;
}

function fillArray(block: SharedBlock, target: unknown[], at: number, pending: Pending[]): void {
  const length = block.lengthAt(at);
  const isPacked = (block.words[at] & TAG_MASK) !== Elements.VALUES;
  for (let index = 0; index < length; index++) {
    target.push(isPacked ? block.elementAt(at, index) : plain(block, block.words[at + 1 + index], pending));
  }
}

function fillObject(block: SharedBlock, target: object, { keys: names, values }: Members, pending: Pending[]): void {
  names.forEach((key, index) => {
    const value = plain(block, block.words[values + index], pending);
    if (key === '__proto__')
      Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
    else (target as Record<string, unknown>)[key] = value;
  });
}

/** A plain value for a word; one with members is filled later. */
function plain(block: SharedBlock, word: number, pending: Pending[]): unknown {
  const tag = word & TAG_MASK;
  const at = word >>> TAG_BITS;
  if (tag === Tag.ARRAY) {
    const target: unknown[] = [];
    pending.push({ target, at });
    return target;
  }
  const isRecord = tag === Tag.OTHER && at >= CONSTANTS.length && isDictionary(block, at);
  if (tag !== Tag.OBJECT && !isRecord) return block.valueOf(word);
  const target = {};
  pending.push({ target, members: isRecord ? dictionaryMembers(block, at) : shapeMembers(block, at) });
  return target;
}
