/**
 * Arrays of fixed length in a struct. A view shows each as an object that reads and writes in place and moves with the
 * view.
 */
import { AllocatorError, shown } from '../../allocator-error.ts';
import {
  fieldOf,
  jsonOf,
  kindOf,
  partProperty,
  type Cells,
  type Field,
  type FieldKind,
  type Place,
  type Placed,
  type Property,
  type Taken,
} from './field.ts';
import type { NumberField, NumberKind } from './numbers.ts';
import { BYTES_PER_WORD, type StructMemory } from './struct-memory.ts';

const LENGTH_LIMIT = 2 ** 24;

/** An array in a struct. Indexes are whole numbers from 0 to `length` − 1; others throw. */
export interface StructArray<Get, Set = Get> extends Iterable<Get> {
  readonly length: number;
  at(index: number): Get;
  set(index: number, value: Set): void;
}

/** An array of numbers in a struct. */
export interface NumberArray<Value, Elements> extends StructArray<Value> {
  /** The shared memory itself as a typed array; unlike this array, it stays where it is when a cursor moves. */
  toTypedArray(): Elements;
}

/** `length` elements of one kind, side by side. */
export function array<Value, Elements>(
  of: NumberField<Value, Elements>,
  length: number,
): Field<NumberArray<Value, Elements>, ArrayLike<Value>>;
export function array<Get, Set>(of: Field<Get, Set>, length: number): Field<StructArray<Get, Set>, ArrayLike<Set>>;
export function array(of: unknown, length: number): unknown {
  if (!Number.isInteger(length) || length < 1 || length > LENGTH_LIMIT) {
    throw new RangeError(`an array in a struct has 1 to ${LENGTH_LIMIT} elements, not ${shown(length)}`);
  }
  return fieldOf(new ArrayKind(kindOf(of, 'array'), length));
}

class ArrayKind implements FieldKind {
  readonly #of: FieldKind;
  readonly #length: number;

  constructor(of: FieldKind, length: number) {
    this.#of = of;
    this.#length = length;
  }

  get alignment(): number {
    return this.#of.alignment;
  }

  /** Elements fill a multiple of their alignment, whatever they are. */
  get byteLength(): number {
    return this.#of.byteLength * this.#length;
  }

  get text(): string {
    return `array(${this.#of.text},${this.#length})`;
  }

  cells(place: Place): Cells {
    if (place.isElement && this.byteLength % BYTES_PER_WORD !== 0) {
      throw new TypeError(`${place.path}: arrays in an array are multiples of ${BYTES_PER_WORD} bytes long`);
    }
    return this.#cellsOf(this.#partAt(place));
  }

  property(place: Place): Property {
    const part = this.#partAt(place);
    return partProperty(place, this.#cellsOf(part), (owner) => new FieldArray(part, owner));
  }

  #cellsOf(part: Part): Cells {
    const step = this.byteLength / BYTES_PER_WORD;
    const { take } = part.cells;
    return {
      get: (word, index) => new FieldArray(part, { '#word': word + index * step }),
      set: (word, index, value) => setAll(part, word + index * step, value),
      take: take && ((word, index, taken) => takeAll(part, take, word + index * step, taken)),
      plain: (list) => (list as FieldArray)['#plain'](),
    };
  }

  #partAt({ memory, path, offset, slot }: Place): Part {
    const cells = this.#of.cells({ memory, path, offset, slot, isElement: true });
    const { Elements } = this.#of as Partial<NumberKind>;
    return { cells, get: cells.get, set: cells.set, memory, path, offset, length: this.#length, Elements };
  }
}

/** What all arrays of one field share. */
interface Part extends Pick<Cells, 'get' | 'set'> {
  readonly cells: Cells;
  readonly memory: StructMemory;
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  readonly Elements: NumberKind['Elements'] | undefined;
}

function setAll({ set, path, length }: Part, word: number, value: unknown): void {
  const list = value as ArrayLike<unknown> | null | undefined;
  if (typeof value === 'string' || typeof list?.length !== 'number') {
    throw new TypeError(`${path}: ${shown(value)} is no array of ${length} elements`);
  }
  if (list.length !== length) throw new RangeError(`${path}: ${list.length} elements for an array of ${length}`);
  const elements = list instanceof FieldArray ? [...(list as FieldArray)] : list;
  for (let index = 0; index < length; index++) set(word, index, elements[index]);
}

function takeAll({ length }: Part, take: NonNullable<Cells['take']>, word: number, taken: Taken[]): void {
  for (let index = 0; index < length; index++) take(word, index, taken);
}

/** An array where it lies. */
class FieldArray implements NumberArray<unknown, ArrayBufferView> {
  readonly #part: Part;
  readonly #owner: Placed;

  constructor(part: Part, owner: Placed) {
    this.#part = part;
    this.#owner = owner;
  }

  get length(): number {
    return this.#part.length;
  }

  at(index: number): unknown {
    const part = this.#part;
    if (index >>> 0 !== index || index >= part.length) throw this.#beyond(index);
    return part.get(this.#owner['#word'], index);
  }

  set(index: number, value: unknown): void {
    const part = this.#part;
    if (index >>> 0 !== index || index >= part.length) throw this.#beyond(index);
    part.set(this.#owner['#word'], index, value);
  }

  #beyond(index: number): Error {
    const { path, length } = this.#part;
    return new AllocatorError(
      'OUT_OF_BOUNDS',
      `${path}[${shown(index)}]: an array of ${length} has elements 0 to ${length - 1}`,
    );
  }

  *[Symbol.iterator](): Generator<unknown, void> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  toTypedArray(): ArrayBufferView {
    const { Elements, memory, path, offset, length } = this.#part;
    if (Elements === undefined) throw new TypeError(`${path}: only an array of numbers has a typed array`);
    return new Elements(memory.buffer, this.#owner['#word'] * BYTES_PER_WORD + offset, length);
  }

  toJSON(): unknown {
    return jsonOf(this['#plain']());
  }

  '#plain'(): unknown[] {
    const { plain } = this.#part.cells;
    return plain === undefined ? [...this] : Array.from(this, plain);
  }
}
