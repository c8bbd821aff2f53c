/**
 * Cuts a change short between any two of its stores, as the death of a thread or a stack overflow would.
 *
 * The layout hands out typed arrays wrapped so that every store is counted; at the chosen one an exception is thrown
 * in place of storing. Atomics refuses wrapped arrays, so while a cut is armed its functions unwrap them first.
 */
import { Layout } from '../../src/layout/layout.ts';
import type { Region } from '../../src/layout/regions.ts';

/** Thrown at the store that is not made. */
export class Cut extends Error {}

/** Counts stores, and throws before the one with the number `cutAt` (from 0). */
export class StoreCounter {
  readonly cutAt: number;
  /** Names of the regions that were written. */
  readonly regions: Set<string> = new Set();
  #stores = 0;

  constructor(cutAt: number) {
    this.cutAt = cutAt;
  }

  before(region: string): void {
    if (this.#stores === this.cutAt) throw new Cut(`cut before store ${this.#stores}`);
    this.#stores++;
    this.regions.add(region);
  }
}

const wrapped = new WeakMap<object, { words: Int32Array<SharedArrayBuffer>; region: string; counter: StoreCounter }>();

function wrap(
  words: Int32Array<SharedArrayBuffer>,
  region: string,
  counter: StoreCounter,
): Int32Array<SharedArrayBuffer> {
  const proxy = new Proxy(words, {
    get(target, key) {
      if (key === 'subarray') {
        return (start?: number, end?: number) => wrap(target.subarray(start, end), region, counter);
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
    set(target, key, value: number) {
      counter.before(region);
      target[Number(key)] = value;
      return true;
    },
  });
  wrapped.set(proxy, { words, region, counter });
  return proxy;
}

/** A layout over the same buffer whose stores go through `counter`. */
export class CountingLayout extends Layout {
  override readonly words: Int32Array<SharedArrayBuffer>;
  readonly #counter: StoreCounter;

  constructor(buffer: SharedArrayBuffer, counter: StoreCounter) {
    super(buffer);
    this.#counter = counter;
    this.words = wrap(new Layout(buffer).words, 'words', counter);
  }

  override viewOf(region: Region): Int32Array<SharedArrayBuffer> {
    return wrap(super.viewOf(region), region.name, this.#counter);
  }
}

/** Runs `action` with Atomics that accept counting layouts' words. Returns whether it was cut short. */
export function runCuttable(action: () => void): boolean {
  const { load, store } = Atomics;
  const atomics = Atomics as { load: unknown; store: unknown };
  atomics.load = (words: Int32Array, index: number) => load(wrapped.get(words)?.words ?? words, index);
  atomics.store = (words: Int32Array, index: number, value: number) => {
    const inner = wrapped.get(words);
    inner?.counter.before(inner.region);
    return store(inner?.words ?? words, index, value);
  };
  try {
    action();
    return false;
  } catch (error) {
    if (error instanceof Cut) return true;
    throw error;
  } finally {
    Object.assign(atomics, { load, store });
  }
}
