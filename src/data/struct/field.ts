/**
 * Fields of a struct: what a kind of field has to say of itself. A kind is made once and knows nothing of a heap. At a
 * `Place` (an offset in a struct, in the memory of one heap) it gives `Cells`, functions that get and set what lies there;
 * properties of views and elements of arrays are made of the same cells.
 */
import { shown } from '../../allocator-error.ts';
import type { StructMemory } from './struct-memory.ts';

declare const access: unique symbol;

/** A kind of field: what reading it gives, and what can be written to it. */
export interface Field<Get, Set = Get> {
  readonly [access]: { readonly get: Get; readonly set: Set };
}

/** What a view or one of its parts has: the word index of its struct, which moves with a cursor. */
export interface Placed {
  '#word': number;
  /** Parts that were shown already: arrays, atomic and nested fields. */
  '#parts'?: unknown[] | undefined;
}

/** Where a field lies. */
export interface Place {
  readonly memory: StructMemory;
  /** As errors name it: `Node.pos`. */
  readonly path: string;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  /** Number of the field among those of its struct. */
  readonly slot: number;
  /** Whether it is an element of an array. */
  readonly isElement: boolean;
}

/** A block that a struct had, and the word that referred to it. */
export interface Taken {
  readonly at: number;
  readonly address: number;
}

/** Access to the field of the struct at a word index; to its element at `index` if it is an array's, else `index` is 0. */
export interface Cells {
  readonly get: (word: number, index: number) => unknown;
  readonly set: (word: number, index: number, value: unknown) => void;
  /** Takes the blocks out that the field owns, for the caller to free. Absent where it owns none. */
  readonly take?: ((word: number, index: number, taken: Taken[]) => void) | undefined;
  /** What `get` gave as `console.log` shows it and as `set` takes it; absent where that is the same. */
  readonly plain?: (value: unknown) => unknown;
  /** Of a reference to structs of that number: the word index of the struct, or 0. `undefined` if it leads elsewhere. */
  readonly target?: (word: number, structNumber: number) => number | undefined;
}

/** A property of a view. */
export interface Property {
  readonly get: (this: Placed) => unknown;
  readonly set: (this: Placed, value: unknown) => void;
  readonly cells: Cells;
  /** Of a nested field: the number of its part among those of a view, and where it begins, in words. */
  readonly part?: { readonly slot: number; readonly first: number };
}

/** A kind of field from the inside. */
export interface FieldKind {
  readonly byteLength: number;
  readonly alignment: number;
  /** What the description of a struct says of it. Fields that say the same lie and behave alike. */
  readonly text: string;
  readonly cells: (place: Place) => Cells;
  /** Absent where the property is the cell. */
  readonly property?: (place: Place) => Property;
}

/** The kind behind a field. */
export function kindOf(field: unknown, path: string): FieldKind {
  const kind = field as FieldKind | undefined | null;
  if (typeof kind?.cells === 'function') return kind;
  throw new TypeError(`${path}: ${shown(field)} is no kind of field`);
}

/** A kind as users see it. */
export function fieldOf<Get, Set>(kind: FieldKind): Field<Get, Set> {
  return kind as unknown as Field<Get, Set>;
}

/** The property of a field. */
export function propertyOf(kind: FieldKind, place: Place): Property {
  if (kind.property !== undefined) return kind.property(place);
  const cells = kind.cells(place);
  const { get, set } = cells;
  return {
    cells,
    get() {
      return get(this['#word'], 0);
    },
    set(value) {
      set(this['#word'], 0, value);
    },
  };
}

/** A property whose value is a part that is made once for each view. */
export function partProperty({ slot }: Place, cells: Cells, make: (owner: Placed) => unknown): Property {
  const { set } = cells;
  return {
    cells,
    get() {
      const parts = (this['#parts'] ??= []);
      return (parts[slot] ??= make(this));
    },
    set(value) {
      set(this['#word'], 0, value);
    },
  };
}

/** What `JSON.stringify` can write of plain members: bigints become decimal texts, bytes become arrays of numbers. */
export function jsonOf(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(jsonOf);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, jsonOf(one)]));
}

/** The name of a field or element in errors. */
export function nameOf({ path, isElement }: Place, index: number): string {
  return isElement ? `${path}[${index}]` : path;
}

/** The error for a value that a field cannot hold. */
export function refusal(place: Place, index: number, value: unknown, type: string, expected: string): Error {
  const message = `${nameOf(place, index)}: ${shown(value)} is not ${expected}`;
  return typeof value === type ? new RangeError(message) : new TypeError(message);
}
