/** The two ways in which the objects of a shared value are shown: classes with getters, or Proxies. */
import { dictionaryMembers, shapeMembers } from './members.ts';
import { arrayProxy, objectProxy } from './proxies.ts';
import { shapeAt } from './shape-cache.ts';
import { SharedArray } from './shared-array.ts';
import type { Presentation } from './shared-block.ts';

/** Classes; Proxies only where a class will not do. */
export const CLASSES: Presentation = {
  object: (block, at) => {
    const { Class } = shapeAt(block, block.words[at]);
    return Class === undefined ? objectProxy(block, at, shapeMembers(block, at)) : new Class(block, at);
  },
  array: (block, at) => new SharedArray(block, at),
  dictionary: (block, at) => objectProxy(block, at, dictionaryMembers(block, at)),
};

/** Proxies throughout. */
export const PROXIES: Presentation = {
  object: (block, at) => objectProxy(block, at, shapeMembers(block, at)),
  array: arrayProxy,
  dictionary: (block, at) => objectProxy(block, at, dictionaryMembers(block, at)),
};
