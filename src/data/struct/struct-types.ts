/** The types of structs, as the compiler infers them from the fields. */
import type { DataHeap } from '../format/data-heap.ts';
import type { Ref } from '../format/ref.ts';
import type { Field } from './field.ts';

/** What all views have besides the fields of their struct. */
export interface ViewMembers<Fields> {
  /** Where the struct lies: what `at`, `moveTo` and reference fields take, here and in other threads. */
  readonly address: Ref<View<Fields>>;
  /**
   * Makes this view one of another struct of the same kind, and returns it. Makes no object.
   *
   * @throws AllocatorError `TYPE_MISMATCH` if no such struct lies there
   */
  moveTo(ref: Ref<View<Fields>>): this;
  /**
   * Moves this view along a reference to a struct of the same kind; tells whether there is one. Makes no object.
   *
   * @throws AllocatorError `TYPE_MISMATCH` if the struct was freed
   */
  follow(field: keyof Fields & string): boolean;
}

/** A struct in a heap: its properties read and write the memory. */
export type View<Fields> = {
  -readonly [Name in keyof Fields]: Fields[Name] extends Field<infer Get, infer _Set> ? Get : never;
} & ViewMembers<Fields>;

/** Values for the fields of a struct; what is left out is 0, false, empty or null. */
export type Init<Fields> = {
  readonly [Name in keyof Fields]?: (Fields[Name] extends Field<infer _Get, infer Set> ? Set : never) | undefined;
};

/** A kind of struct. */
export interface StructType<Fields> {
  readonly name: string;
  /** Bytes of a struct, without the blocks of its texts and bytes. */
  readonly byteLength: number;
  /**
   * Makes a struct, which is whole when it is returned; whoever is done with it last frees it.
   *
   * @throws TypeError or RangeError for values that a field cannot hold, with the path of the field; AllocatorError
   *   `OUT_OF_MEMORY`, or `TYPE_MISMATCH` if the heap knows another struct of this name
   */
  allocate(heap: DataHeap, init?: Init<Fields>): View<Fields>;
  /**
   * A view of the struct at an address.
   *
   * @throws AllocatorError `INVALID_ADDRESS` where no block starts, `TYPE_MISMATCH` where no such struct lies
   */
  at(heap: DataHeap, ref: Ref<View<Fields>>): View<Fields>;
  /**
   * Gives a struct back, with its texts and bytes; not what it refers to.
   *
   * @throws AllocatorError `TYPE_MISMATCH` if it was freed before
   */
  free(view: View<Fields>): void;
}
