/**
 * Values that travel between workers as bytes: what `setup` returns, what threads return, and messages. They are cloned
 * as the structured clone algorithm does, but a shared buffer travels as its id, and a view over one as the id with
 * offset and length, so that whoever reads the bytes gets the very object under control.
 */
import { types } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { unwrapped } from './proxied-views.ts';

/** Stands for an object that travels by name. */
interface Mark {
  readonly [MARK]: string;
  readonly id: number;
  readonly byteOffset: number;
  /** Elements, −1 for a view that grows with its buffer; the number of a port. */
  readonly length: number;
}

const MARK = '\u0000threadheap';

/** How objects are named that travel by name. */
export interface Names {
  /** The id of a buffer; `path` is where the value holds it. */
  readonly idOf: (buffer: SharedArrayBuffer, path: string) => number;
  /** The words and the number of a message port under control; `undefined` for anything else. */
  readonly portOf: (value: object) => { readonly words: Int32Array; readonly number: number } | undefined;
}

/** How objects are found again. */
export interface Objects {
  readonly buffer: (id: number) => SharedArrayBuffer;
  readonly port: (buffer: SharedArrayBuffer, byteOffset: number, number: number) => object;
}

/** A value as bytes. @throws Error for what cannot be cloned, such as a function */
export function toBytes(value: unknown, path: string, names: Names): Uint8Array {
  const memo = new Map<object, object>();
  return serialize(marked(value, path, names, memo));
}

/** A value from its bytes, another one each time. */
export function fromBytes(bytes: Uint8Array, objects: Objects): unknown {
  return unmarked(deserialize(bytes), objects, new Set());
}

function marked(given: unknown, path: string, names: Names, memo: Map<object, object>): unknown {
  if (typeof given !== 'object' || given === null) return given;
  const value = unwrapped(given);
  const known = memo.get(value);
  if (known !== undefined) return known;
  const mark = markOf(value, path, names);
  if (mark !== undefined) return mark;
  if (Array.isArray(value)) return copyInto(value, Array.from({ length: value.length }), path, names, memo);
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>();
    memo.set(value, copy);
    for (const [key, held] of value) {
      copy.set(marked(key, path, names, memo), marked(held, `${path}.get(${String(key)})`, names, memo));
    }
    return copy;
  }
  if (value instanceof Set) {
    const copy = new Set<unknown>();
    memo.set(value, copy);
    for (const held of value) copy.add(marked(held, path, names, memo));
    return copy;
  }
  return isOpaque(value) ? value : copyInto(value, {}, path, names, memo);
}

function copyInto(value: object, copy: object, path: string, names: Names, memo: Map<object, object>): object {
  memo.set(value, copy);
  for (const [key, held] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    Reflect.set(copy, key, marked(held, at, names, memo));
  }
  return copy;
}

/** What the structured clone algorithm treats in a way of its own. */
function isOpaque(value: object): boolean {
  const { isAnyArrayBuffer, isBoxedPrimitive, isDate, isNativeError, isPromise, isRegExp } = types;
  const special = [isAnyArrayBuffer, isBoxedPrimitive, isDate, isNativeError, isPromise, isRegExp];
  return ArrayBuffer.isView(value) || special.some((is) => is(value));
}

function markOf(value: object, path: string, names: Names): Mark | undefined {
  if (value instanceof SharedArrayBuffer)
    return { [MARK]: 'buffer', id: names.idOf(value, path), byteOffset: 0, length: 0 };
  const port = names.portOf(value);
  if (port !== undefined) {
    const { words, number } = port;
    const { buffer, byteOffset } = words as Int32Array<SharedArrayBuffer>;
    return { [MARK]: 'port', id: names.idOf(buffer, path), byteOffset, length: number };
  }
  if (!ArrayBuffer.isView(value) || !(value.buffer instanceof SharedArrayBuffer)) return undefined;
  const type = Buffer.isBuffer(value) ? 'Buffer' : value.constructor.name;
  return { [MARK]: type, id: names.idOf(value.buffer, path), byteOffset: value.byteOffset, length: lengthOf(value) };
}

/** A view of a growable buffer that reaches its end is taken to grow with it: the two cannot be told apart. */
function lengthOf(view: ArrayBufferView): number {
  const { buffer, byteLength, byteOffset } = view;
  if ((buffer as SharedArrayBuffer).growable && byteOffset + byteLength === buffer.byteLength) return -1;
  return view instanceof DataView ? byteLength : Number(Reflect.get(view, 'length'));
}

function unmarked(value: unknown, objects: Objects, seen: Set<object>): unknown {
  if (typeof value !== 'object' || value === null || seen.has(value)) return value;
  if (MARK in value) return objectOf(value as Mark, objects);
  seen.add(value);
  if (value instanceof Map) {
    const entries = [...value];
    value.clear();
    for (const [key, held] of entries) value.set(unmarked(key, objects, seen), unmarked(held, objects, seen));
  } else if (value instanceof Set) {
    const entries = [...value];
    value.clear();
    for (const held of entries) value.add(unmarked(held, objects, seen));
  } else if (!isOpaque(value)) {
    for (const [key, held] of Object.entries(value)) {
      const plain = unmarked(held, objects, seen);
      if (plain !== held) Reflect.set(value, key, plain);
    }
  }
  return value;
}

type ViewConstructor = new (buffer: SharedArrayBuffer, byteOffset: number, length?: number) => object;

function objectOf({ [MARK]: type, id, byteOffset, length }: Mark, objects: Objects): object {
  const buffer = objects.buffer(id);
  if (type === 'port') return objects.port(buffer, byteOffset, length);
  if (type === 'buffer') return buffer;
  if (type === 'Buffer') return Buffer.from(buffer as never, byteOffset, length);
  const View = Reflect.get(globalThis, type) as ViewConstructor;
  return length < 0 ? new View(buffer, byteOffset) : new View(buffer, byteOffset, length);
}
