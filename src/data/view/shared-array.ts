/**
 * Shared arrays, read in place: `at`, `length`, iteration and the reading methods of arrays. Indexes work too, through the
 * prototype, and are slower than `at`.
 *
 *   SharedArray ─▶ SharedArray.prototype ─▶ `indexed` ─▶ Object.prototype
 */
import { ImmutableError } from './immutable.ts';
import type { SharedBlock } from './shared-block.ts';

type Visit<R> = (element: unknown, index: number, array: SharedArray) => R;

const INDEX = /^(?:0|[1-9]\d*)$/u;

/** Finds elements by index, as the last resort of a look-up. */
const indexed: object = new Proxy(Object.create(Object.prototype) as object, {
  get(target, key, receiver: unknown) {
    if (typeof key === 'string' && INDEX.test(key)) return (receiver as SharedArray).at(Number(key));
    return Reflect.get(target, key, receiver) as unknown;
  },
  set: (_target, key) => {
    throw new ImmutableError(key);
  },
});

/** An array of a shared value. */
export class SharedArray {
  readonly #block: SharedBlock;
  readonly #at: number;
  readonly #length: number;

  constructor(block: SharedBlock, at: number) {
    this.#block = block;
    this.#at = at;
    this.#length = block.lengthAt(at);
  }

  static isOne(value: unknown): value is SharedArray {
    return typeof value === 'object' && value !== null && #block in value;
  }

  /** Where a shared array lies. */
  static placeOf(array: SharedArray): { readonly block: SharedBlock; readonly at: number } {
    return { block: array.#block, at: array.#at };
  }

  get length(): number {
    return this.#length;
  }

  set length(_length: number) {
    throw new ImmutableError('length');
  }

  at(index: number): unknown {
    if (index >>> 0 === index && index < this.#length) return this.#block.elementAt(this.#at, index);
    return this.#atAny(Math.trunc(index) || 0);
  }

  #atAny(index: number): unknown {
    const place = index < 0 ? index + this.#length : index;
    return place >= 0 && place < this.#length ? this.#block.elementAt(this.#at, place) : undefined;
  }

  *[Symbol.iterator](): Generator<unknown, undefined> {
    for (let index = 0; index < this.#length; index++) yield this.#block.elementAt(this.#at, index);
  }

  values(): Generator<unknown, undefined> {
    return this[Symbol.iterator]();
  }

  *keys(): Generator<number, undefined> {
    for (let index = 0; index < this.#length; index++) yield index;
  }

  *entries(): Generator<[number, unknown], undefined> {
    for (let index = 0; index < this.#length; index++) yield [index, this.#block.elementAt(this.#at, index)];
  }

  forEach(visit: Visit<void>, self?: unknown): void {
    for (let index = 0; index < this.#length; index++) visit.call(self, this.at(index), index, this);
  }

  map<R>(visit: Visit<R>, self?: unknown): R[] {
    return Array.from({ length: this.#length }, (_, index) => visit.call(self, this.at(index), index, this));
  }

  find(visit: Visit<unknown>, self?: unknown): unknown {
    const index = this.findIndex(visit, self);
    return index < 0 ? undefined : this.at(index);
  }

  findIndex(visit: Visit<unknown>, self?: unknown): number {
    for (let index = 0; index < this.#length; index++) {
      if (visit.call(self, this.at(index), index, this)) return index;
    }
    return -1;
  }

  some(visit: Visit<unknown>, self?: unknown): boolean {
    return this.findIndex(visit, self) >= 0;
  }

  flat(depth = 1): unknown[] {
    if (depth < 1) return [...this];
    return this.flatMap((element) => (depth > 1 && SharedArray.isOne(element) ? element.flat(depth - 1) : element));
  }

  flatMap(visit: Visit<unknown>, self?: unknown): unknown[] {
    return this.map(visit, self).flatMap((element) => (SharedArray.isOne(element) ? Array.from(element) : element));
  }

  every(visit: Visit<unknown>, self?: unknown): boolean {
    return this.findIndex((element, index, array) => !visit.call(self, element, index, array)) < 0;
  }
}

/** Methods that read the whole array: they work on a private one of its elements, nested arrays among them. */
const WHOLE = [
  'concat',
  'filter',
  'findLast',
  'findLastIndex',
  'includes',
  'indexOf',
  'join',
  'lastIndexOf',
  'reduce',
  'reduceRight',
  'slice',
  'toLocaleString',
  'toReversed',
  'toSorted',
  'toSpliced',
  'toString',
  'with',
] as const;

const plainMethods = Array.prototype as unknown as Readonly<Record<string, (...args: unknown[]) => unknown>>;

for (const name of WHOLE) {
  Object.defineProperty(SharedArray.prototype, name, {
    value(this: SharedArray, ...args: unknown[]): unknown {
      return Reflect.apply(plainMethods[name], [...this], args);
    },
  });
}
Object.setPrototypeOf(SharedArray.prototype, indexed);
