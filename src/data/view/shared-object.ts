/**
 * Shared objects with property syntax, read in place. Objects with the same keys share a class in each thread, whose
 * getters read words of the block: no decoding, no Proxy, no code made from text.
 *
 *   object of a class for its keys ─▶ getters ─▶ SharedObject.prototype (toJSON) ─▶ `guarded` ─▶ Object.prototype
 *
 * `guarded` refuses assignments to properties that are not there. Only what is found nowhere else gets as far.
 */
import { ImmutableError } from './immutable.ts';
import type { SharedBlock } from './shared-block.ts';

const guarded: object = new Proxy(Object.create(Object.prototype) as object, {
  set: (_target, key) => {
    throw new ImmutableError(key);
  },
});

/** An object of a shared value. Its state is private, so that any name can be a key. */
export class SharedObject {
  readonly #block: SharedBlock;
  readonly #at: number;

  constructor(block: SharedBlock, at: number) {
    this.#block = block;
    this.#at = at;
  }

  static isOne(value: unknown): value is SharedObject {
    return typeof value === 'object' && value !== null && #block in value;
  }

  /** Where a shared object lies. */
  static placeOf(object: SharedObject): { readonly block: SharedBlock; readonly at: number } {
    return { block: object.#block, at: object.#at };
  }

  /** A property that reads the member at `index`. */
  static member(key: string, index: number): PropertyDescriptor & ThisType<SharedObject> {
    const offset = index + 1;
    return {
      enumerable: true,
      get(): unknown {
        return this.#block.valueOf(this.#block.words[this.#at + offset]);
      },
      set(): void {
        throw new ImmutableError(key);
      },
    };
  }
}
Object.setPrototypeOf(SharedObject.prototype, guarded);

/** Makes objects of one shape. */
export type ShapeClass = new (block: SharedBlock, at: number) => SharedObject;

/** A class with a getter for each key. */
export function shapeClassFor(keys: readonly string[]): ShapeClass {
  const Shape = class extends SharedObject {};
  Reflect.deleteProperty(Shape.prototype, 'constructor'); // a key of that name stands in its order among the others
  keys.forEach((key, index) => Object.defineProperty(Shape.prototype, key, SharedObject.member(key, index)));
  Object.defineProperty(Shape, 'name', { value: 'SharedObject' });
  return Shape;
}
