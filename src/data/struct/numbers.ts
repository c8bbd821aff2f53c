/**
 * Numbers in a struct. Each kind has functions of its own, written out, so that engines see one kind of array in each.
 */
import { BYTES_PER_WORD } from './struct-memory.ts';
import { fieldOf, refusal, type Cells, type Field, type FieldKind, type Place } from './field.ts';

declare const elements: unique symbol;

/** A kind of number, and the typed array that shows an array of them. */
export interface NumberField<Value, Elements> extends Field<Value> {
  readonly [elements]: Elements;
}

/** The class of a typed array over shared memory. */
type ArrayClass = new (buffer: SharedArrayBuffer, byteOffset: number, length: number) => ArrayBufferView;

/** A number from the inside. */
export interface NumberKind extends FieldKind {
  readonly Elements: ArrayClass;
}

function numberField<Value, Elements>(
  text: string,
  Elements: ArrayClass & { readonly BYTES_PER_ELEMENT: number },
  cells: (place: Place) => Cells,
): NumberField<Value, Elements> {
  const byteLength = Elements.BYTES_PER_ELEMENT;
  const kind: NumberKind = { text, byteLength, alignment: byteLength, cells, Elements };
  return kind as unknown as NumberField<Value, Elements>;
}

const rangeOf = (least: number | bigint, greatest: number | bigint) => `a whole number from ${least} to ${greatest}`;

export const i8: NumberField<number, Int8Array<SharedArrayBuffer>> = numberField('i8', Int8Array, (place) => {
  const { memory, offset } = place;
  return {
    get(word, index) {
      const at = word * BYTES_PER_WORD + offset + index;
      return memory.i8[at] ?? memory.far.getInt8(at);
    },
    set(word, index, value) {
      const number = value as number;
      if (typeof value !== 'number' || (number << 24) >> 24 !== number)
        throw refusal(place, index, value, 'number', rangeOf(-128, 127));
      const at = word * BYTES_PER_WORD + offset + index;
      if (at < memory.i8.length) memory.i8[at] = number;
      else memory.far.setInt8(at, number);
    },
  };
});

export const u8: NumberField<number, Uint8Array<SharedArrayBuffer>> = numberField('u8', Uint8Array, (place) => {
  const { memory, offset } = place;
  return {
    get(word, index) {
      const at = word * BYTES_PER_WORD + offset + index;
      return memory.u8[at] ?? memory.far.getUint8(at);
    },
    set(word, index, value) {
      const number = value as number;
      if (typeof value !== 'number' || (number & 0xff) !== number)
        throw refusal(place, index, value, 'number', rangeOf(0, 255));
      const at = word * BYTES_PER_WORD + offset + index;
      if (at < memory.u8.length) memory.u8[at] = number;
      else memory.far.setUint8(at, number);
    },
  };
});

export const i16: NumberField<number, Int16Array<SharedArrayBuffer>> = numberField('i16', Int16Array, (place) => {
  const { memory, offset } = place;
  const first = offset / 2;
  return {
    get(word, index) {
      const at = word * 2 + first + index;
      return memory.i16[at] ?? memory.far.getInt16(at * 2, true);
    },
    set(word, index, value) {
      const number = value as number;
      if (typeof value !== 'number' || (number << 16) >> 16 !== number)
        throw refusal(place, index, value, 'number', rangeOf(-32_768, 32_767));
      const at = word * 2 + first + index;
      if (at < memory.i16.length) memory.i16[at] = number;
      else memory.far.setInt16(at * 2, number, true);
    },
  };
});

export const u16: NumberField<number, Uint16Array<SharedArrayBuffer>> = numberField('u16', Uint16Array, (place) => {
  const { memory, offset } = place;
  const first = offset / 2;
  return {
    get(word, index) {
      const at = word * 2 + first + index;
      return memory.u16[at] ?? memory.far.getUint16(at * 2, true);
    },
    set(word, index, value) {
      const number = value as number;
      if (typeof value !== 'number' || (number & 0xffff) !== number)
        throw refusal(place, index, value, 'number', rangeOf(0, 65_535));
      const at = word * 2 + first + index;
      if (at < memory.u16.length) memory.u16[at] = number;
      else memory.far.setUint16(at * 2, number, true);
    },
  };
});

export const i32: NumberField<number, Int32Array<SharedArrayBuffer>> = numberField('i32', Int32Array, (place) => {
  const { memory } = place;
  const first = place.offset / BYTES_PER_WORD;
  return {
    get: (word, index) => memory.i32[word + first + index],
    set(word, index, value) {
      const number = value as number;
      if (typeof value !== 'number' || (number | 0) !== number)
        throw refusal(place, index, value, 'number', rangeOf(-(2 ** 31), 2 ** 31 - 1));
      memory.i32[word + first + index] = number;
    },
  };
});

export const u32: NumberField<number, Uint32Array<SharedArrayBuffer>> = numberField('u32', Uint32Array, (place) => {
  const { memory } = place;
  const first = place.offset / BYTES_PER_WORD;
  return {
    get: (word, index) => memory.u32[word + first + index],
    set(word, index, value) {
      const number = value as number;
      if (typeof value !== 'number' || number >>> 0 !== number)
        throw refusal(place, index, value, 'number', rangeOf(0, 2 ** 32 - 1));
      memory.u32[word + first + index] = number;
    },
  };
});

export const f32: NumberField<number, Float32Array<SharedArrayBuffer>> = numberField('f32', Float32Array, (place) => {
  const { memory } = place;
  const first = place.offset / BYTES_PER_WORD;
  return {
    get: (word, index) => memory.f32[word + first + index],
    set(word, index, value) {
      if (typeof value !== 'number') throw refusal(place, index, value, 'number', 'a number');
      memory.f32[word + first + index] = value;
    },
  };
});

export const f64: NumberField<number, Float64Array<SharedArrayBuffer>> = numberField('f64', Float64Array, (place) => {
  const { memory } = place;
  const first = place.offset / 8;
  return {
    get: (word, index) => memory.f64[word / 2 + first + index],
    set(word, index, value) {
      if (typeof value !== 'number') throw refusal(place, index, value, 'number', 'a number');
      memory.f64[word / 2 + first + index] = value;
    },
  };
});

export const i64: NumberField<bigint, BigInt64Array<SharedArrayBuffer>> = numberField('i64', BigInt64Array, (place) => {
  const { memory } = place;
  const first = place.offset / 8;
  return {
    get: (word, index) => memory.i64[word / 2 + first + index],
    set(word, index, value) {
      if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) {
        throw refusal(place, index, value, 'bigint', `${rangeOf(-(2n ** 63n), 2n ** 63n - 1n)}, as a bigint`);
      }
      memory.i64[word / 2 + first + index] = value;
    },
  };
});

export const bool: Field<boolean> = fieldOf({
  text: 'bool',
  byteLength: 1,
  alignment: 1,
  cells(place) {
    const { memory, offset } = place;
    return {
      get(word, index) {
        const at = word * BYTES_PER_WORD + offset + index;
        return (memory.u8[at] ?? memory.far.getUint8(at)) !== 0;
      },
      set(word, index, value) {
        if (typeof value !== 'boolean') throw refusal(place, index, value, 'boolean', 'a boolean');
        const at = word * BYTES_PER_WORD + offset + index;
        if (at < memory.u8.length) memory.u8[at] = value ? 1 : 0;
        else memory.far.setUint8(at, value ? 1 : 0);
      },
    };
  },
});
