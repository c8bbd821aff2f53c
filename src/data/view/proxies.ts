/**
 * Shared objects and arrays as Proxies, on which everything works that works on plain ones: `Object.keys`, spread,
 * `Array.isArray`. Always used for dictionaries, and for objects with a key `toJSON`, which `JSON.stringify` would
 * otherwise take for the method of the class.
 */
import { ImmutableError } from './immutable.ts';
import type { Members } from './members.ts';
import type { SharedBlock } from './shared-block.ts';

const refuse = {
  set: (_target: object, key: PropertyKey) => {
    throw new ImmutableError(key);
  },
  defineProperty: (_target: object, key: PropertyKey) => {
    throw new ImmutableError(key);
  },
  deleteProperty: (_target: object, key: PropertyKey) => {
    throw new ImmutableError(key);
  },
};

/** Where a Proxy lies, for helpers that are given one. */
const places = new WeakMap<object, ProxyPlace>();

export interface ProxyPlace {
  readonly block: SharedBlock;
  readonly at: number;
  /** The members of an object; undefined for an array. */
  readonly members: Members | undefined;
}

export const proxyPlaceOf = (value: object): ProxyPlace | undefined => places.get(value);

export function objectProxy(block: SharedBlock, at: number, members: Members): object {
  const valueAt = (index: number): unknown => block.valueOf(block.words[members.values + index]);
  const indexOf = (key: PropertyKey): number => (typeof key === 'string' ? members.indexOf(key) : -1);
  const proxy = new Proxy<object>(
    {},
    {
      ...refuse,
      get: (target, key, receiver) => {
        const index = indexOf(key);
        return index < 0 ? (Reflect.get(target, key, receiver) as unknown) : valueAt(index);
      },
      has: (target, key) => indexOf(key) >= 0 || Reflect.has(target, key),
      ownKeys: () => [...members.keys],
      getOwnPropertyDescriptor: (_target, key) => {
        const index = indexOf(key);
        if (index < 0) return undefined;
        return { value: valueAt(index), enumerable: true, configurable: true, writable: false };
      },
    },
  );
  places.set(proxy, { block, at, members });
  return proxy;
}

const INDEX = /^(?:0|[1-9]\d*)$/u;

export function arrayProxy(block: SharedBlock, at: number): object {
  const length = block.lengthAt(at);
  const indexOf = (key: PropertyKey): number => {
    const index = typeof key === 'string' && INDEX.test(key) ? Number(key) : -1;
    return index < length ? index : -1;
  };
  const proxy = new Proxy<unknown[]>([], {
    ...refuse,
    get: (target, key, receiver) => {
      if (key === 'length') return length;
      const index = indexOf(key);
      return index < 0 ? (Reflect.get(target, key, receiver) as unknown) : block.elementAt(at, index);
    },
    has: (target, key) => indexOf(key) >= 0 || Reflect.has(target, key),
    ownKeys: () => [...Array.from({ length }, (_, index) => String(index)), 'length'],
    getOwnPropertyDescriptor: (_target, key) => {
      if (key === 'length') return { value: length, enumerable: false, configurable: false, writable: true };
      const index = indexOf(key);
      if (index < 0) return undefined;
      return { value: block.elementAt(at, index), enumerable: true, configurable: true, writable: false };
    },
  });
  places.set(proxy, { block, at, members: undefined });
  return proxy;
}
