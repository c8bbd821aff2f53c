/**
 * Atomic numbers in a struct. A view shows each as an object with the operations of `Atomics`, which moves with the view.
 */
import { BYTES_PER_WORD } from './struct-memory.ts';
import {
  fieldOf,
  kindOf,
  nameOf,
  partProperty,
  refusal,
  type Cells,
  type Field,
  type FieldKind,
  type Place,
  type Placed,
} from './field.ts';
import { i32, i64, u32, type NumberField, type NumberKind } from './numbers.ts';

/** A number that threads change at the same time. All operations return what was there before, as those of `Atomics`. */
export interface AtomicNumber<Value> {
  load(): Value;
  store(value: Value): void;
  /** Adds, and wraps around at the ends of the range. */
  add(delta: Value): Value;
  exchange(value: Value): Value;
  compareExchange(expected: Value, value: Value): Value;
  /** Sleeps while the number is `expected`, until it is notified; not on a page's main thread. */
  wait(expected: Value, timeoutMs?: number): 'ok' | 'not-equal' | 'timed-out';
  /** Wakes those who wait, at most `count` of them; returns how many. */
  notify(count?: number): number;
}

/** The typed arrays that `Atomics` works on. */
type Elements<Value> = Value extends bigint ? BigInt64Array<SharedArrayBuffer> : Int32Array<SharedArrayBuffer>;

interface Spot<Value> {
  /** The array now, and the index of the number in it. */
  readonly elements: () => Elements<Value>;
  readonly indexOf: (word: number, index: number) => number;
  /** What `Atomics` gives, as a number of the field's kind. */
  readonly valueOf: (raw: Value) => Value;
  /** The error-checked value, as `Atomics` takes it. */
  readonly rawOf: (index: number, value: unknown) => Value;
  readonly deltaOf: (index: number, value: unknown) => Value;
}

/** The operations on one number. */
class AtomicCell<Value extends number | bigint> implements AtomicNumber<Value> {
  readonly #spot: Spot<Value>;
  readonly #owner: Placed;
  readonly #index: number;

  constructor(spot: Spot<Value>, owner: Placed, index: number) {
    this.#spot = spot;
    this.#owner = owner;
    this.#index = index;
  }

  /** Both kinds of array have the same operations; the compiler is shown one of them. */
  get #elements(): BigInt64Array<SharedArrayBuffer> {
    return this.#spot.elements() as BigInt64Array<SharedArrayBuffer>;
  }

  get #at(): number {
    return this.#spot.indexOf(this.#owner['#word'], this.#index);
  }

  #raw(value: unknown): bigint {
    return this.#spot.rawOf(this.#index, value) as bigint;
  }

  #value(raw: unknown): Value {
    return this.#spot.valueOf(raw as Value);
  }

  load(): Value {
    return this.#value(Atomics.load(this.#elements, this.#at));
  }

  store(value: Value): void {
    Atomics.store(this.#elements, this.#at, this.#raw(value));
  }

  add(delta: Value): Value {
    return this.#value(Atomics.add(this.#elements, this.#at, this.#spot.deltaOf(this.#index, delta) as bigint));
  }

  exchange(value: Value): Value {
    return this.#value(Atomics.exchange(this.#elements, this.#at, this.#raw(value)));
  }

  compareExchange(expected: Value, value: Value): Value {
    const before = this.#raw(expected);
    return this.#value(Atomics.compareExchange(this.#elements, this.#at, before, this.#raw(value)));
  }

  wait(expected: Value, timeoutMs?: number): 'ok' | 'not-equal' | 'timed-out' {
    return Atomics.wait(this.#elements, this.#at, this.#raw(expected), timeoutMs);
  }

  notify(count?: number): number {
    return Atomics.notify(this.#elements, this.#at, count);
  }
}

/** A number of 32 or 64 bits that threads change at the same time. */
export function atomic(
  of: NumberField<number, Int32Array<SharedArrayBuffer> | Uint32Array<SharedArrayBuffer>>,
): Field<AtomicNumber<number>, number>;
export function atomic(of: NumberField<bigint, BigInt64Array<SharedArrayBuffer>>): Field<AtomicNumber<bigint>, bigint>;
export function atomic(of: unknown): unknown {
  if (of !== i32 && of !== u32 && of !== i64) throw new TypeError('atomic fields are of i32, u32 or i64');
  const { text, byteLength } = kindOf(of, 'atomic') as NumberKind;
  const spotAt = of === i64 ? longSpot : wordSpot;
  const kind: FieldKind = {
    text: `atomic(${text})`,
    byteLength,
    alignment: byteLength,
    cells: (place) => cellsOf(spotAt(place, of === u32) as Spot<number>),
    property(place) {
      const spot = spotAt(place, of === u32) as Spot<number>;
      return partProperty(place, cellsOf(spot), (owner) => new AtomicCell(spot, owner, 0));
    },
  };
  return fieldOf(kind);
}

function cellsOf(spot: Spot<number>): Cells {
  return {
    get: (word, index) => new AtomicCell(spot, { '#word': word }, index),
    set(word, index, value) {
      Atomics.store(spot.elements(), spot.indexOf(word, index), spot.rawOf(index, value));
    },
    plain: (cell) => (cell as AtomicNumber<unknown>).load(),
  };
}

/** Numbers without sign lie in the same words: `wait` knows no others. */
function wordSpot(place: Place, isUnsigned: boolean): Spot<number> {
  const { memory } = place;
  const first = place.offset / BYTES_PER_WORD;
  const [least, greatest] = isUnsigned ? [0, 2 ** 32 - 1] : [-(2 ** 31), 2 ** 31 - 1];
  const checked = (index: number, value: unknown, from: number) => {
    if (Number.isInteger(value) && (value as number) >= from && (value as number) <= greatest) return value as number;
    throw refusal(place, index, value, 'number', `a whole number from ${from} to ${greatest}`);
  };
  return {
    elements: () => memory.i32,
    indexOf: (word, index) => word + first + index,
    valueOf: (raw) => (isUnsigned ? raw >>> 0 : raw),
    rawOf: (index, value) => checked(index, value, least) | 0,
    deltaOf: (index, value) => checked(index, value, -(2 ** 31)) | 0,
  };
}

function longSpot(place: Place): Spot<bigint> {
  const { memory } = place;
  const first = place.offset / 8;
  const rawOf = (index: number, value: unknown) => {
    if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) return value;
    const message = `${nameOf(place, index)}: a bigint of 64 bits is needed`;
    throw typeof value === 'bigint' ? new RangeError(message) : new TypeError(message);
  };
  return {
    elements: () => memory.i64,
    indexOf: (word, index) => word / 2 + first + index,
    valueOf: (raw) => raw,
    rawOf,
    deltaOf: rawOf,
  };
}
