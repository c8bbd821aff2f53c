/**
 * Typed arrays and DataViews whose plain accesses are seen: the global constructors are replaced, and what they make
 * over a buffer under test is a Proxy. Views over anything else stay what they are.
 *
 * Elements are single accesses; a method that goes through many of them (`fill`, `set`, `indexOf` …) is one access to
 * its whole range. Built-ins that refuse proxies get the view itself (`unwrapped`). An access costs 150 ns or so.
 */
import type { Element, IntegerView } from '../engine/native-atomics.ts';
import type { PlainAccess } from './plain-access.ts';
import { rememberProxy, unwrapped } from '../buffers/proxied-views.ts';
import type { ThreadContext } from './thread-context.ts';

type Method = (...given: unknown[]) => unknown;

const VIEW_NAMES = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
] as const;

type ViewConstructor = new (...given: unknown[]) => ArrayBufferView;

/** Replaces the global constructors of views. */
export function patchViews(context: ThreadContext, access: PlainAccess): void {
  for (const name of VIEW_NAMES) {
    const constructor: unknown = Reflect.get(globalThis, name);
    if (constructor !== undefined) replaceGlobal(name, constructor as ViewConstructor, context, access, proxyOfArray);
  }
  replaceGlobal('DataView', DataView as ViewConstructor, context, access, proxyOfDataView);
  const isView = ArrayBuffer.isView.bind(ArrayBuffer);
  Object.defineProperty(ArrayBuffer, 'isView', { value: (view: unknown) => isView(unwrapped(view)) });
}

function replaceGlobal(
  name: string,
  constructor: ViewConstructor,
  context: ThreadContext,
  access: PlainAccess,
  proxyOf: (view: never, access: PlainAccess) => object,
): void {
  const replacement: ViewConstructor = new Proxy(constructor, {
    construct(target, given: unknown[], newTarget): object {
      const made: object = Reflect.construct(
        target,
        given.map(unwrapped),
        newTarget === replacement ? target : newTarget,
      );
      return isUnderTest(made, context) ? proxyOf(made as never, access) : made;
    },
  });
  Object.defineProperty(globalThis, name, { value: replacement, writable: true, configurable: true });
}

function isUnderTest(view: unknown, context: ThreadContext): boolean {
  return ArrayBuffer.isView(view) && context.buffers.baseOf(view.buffer) >= 0;
}

/** A typed array whose accesses are reported. */
export function proxyOfArray(view: IntegerView, access: PlainAccess): object {
  const methods = new Map<string | symbol, Method>();
  const proxy: object = new Proxy(view, {
    get(target, key) {
      const index = indexOf(key);
      if (index >= 0) return readElement(target, index, access);
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || key === 'constructor') return value;
      let method = methods.get(key);
      if (method === undefined) methods.set(key, (method = methodOf(target, key, value as Method, access)));
      return method;
    },
    set(target, key, value) {
      const index = indexOf(key);
      if (index < 0) return Reflect.set(target, key, value, target);
      writeElement(target, index, value as Element, access);
      return true;
    },
  });
  rememberProxy(proxy, view);
  return proxy;
}

/** The element that a property key names, or −1. */
function indexOf(key: string | symbol): number {
  if (typeof key === 'symbol') return -1;
  const index = Number(key);
  return Number.isInteger(index) && index >= 0 ? index : -1;
}

function readElement(view: IntegerView, index: number, access: PlainAccess): Element | undefined {
  if (!access.active || index >= view.length) return view[index];
  const size = view.BYTES_PER_ELEMENT;
  return access.read(access.addressOf(view, index * size), size, () => view[index], view, index);
}

function writeElement(view: IntegerView, index: number, value: Element, access: PlainAccess): void {
  const perform = (): Element | undefined => {
    view[index] = value as never;
    return view[index];
  };
  const size = view.BYTES_PER_ELEMENT;
  if (!access.active || index >= view.length) perform();
  else access.write(access.addressOf(view, index * size), size, perform, view[index]);
}

/** A method of a typed array that reports the range which it reads or writes. */
function methodOf(view: IntegerView, key: string | symbol, method: Method, access: PlainAccess): Method {
  const call: (given: unknown[]) => unknown = (given) => Reflect.apply(method, view, given.map(unwrapped));
  if (key === 'subarray' || (key === 'slice' && Buffer.isBuffer(view)))
    return (...given) => proxyOfArray(call(given) as IntegerView, access);
  const range = (Buffer.isBuffer(view) ? rangeInBuffer(String(key)) : undefined) ?? RANGES[String(key)] ?? whole;
  const writes = WRITERS.has(key) || /^(write|swap)/.test(String(key));
  return (...given) => {
    const { start, end } = range(view, given);
    if (!access.active || start >= end) return call(given);
    const size = view.BYTES_PER_ELEMENT;
    const address = access.addressOf(view, start * size);
    if (!writes) return access.read(address, (end - start) * size, () => call(given));
    let result: unknown;
    access.write(address, (end - start) * size, () => void (result = call(given)));
    return result;
  };
}

type Range = (view: IntegerView, given: unknown[]) => { start: number; end: number };

const WRITERS = new Set<string | symbol>(['fill', 'set', 'copyWithin', 'reverse', 'sort']);

const whole: Range = (view) => ({ start: 0, end: view.length });

const RANGES: Readonly<Record<string, Range>> = {
  fill: (view, [, start, end]) => between(view, start, end),
  slice: (view, [start, end]) => between(view, start, end),
  at: (view, [index]) => between(view, index, Number(index) === -1 ? undefined : Number(index) + 1),
  set: (view, [source, offset = 0]) => between(view, offset, Number(offset) + (source as ArrayLike<unknown>).length),
};

/** The bytes that a method of `Buffer` touches, as far as its name and arguments tell. */
function rangeInBuffer(key: string): Range | undefined {
  const [, verb, bits] = /^(read|write)[A-Za-z]*?(\d+)?[BL]E$|^(?:read|write)U?Int8$/.exec(key) ?? [];
  const offsetAt = key.startsWith('write') ? 1 : 0;
  if (/^(read|write)U?Int8$/i.test(key))
    return (view, given) => between(view, given[offsetAt], Number(given[offsetAt] ?? 0) + 1);
  if (verb !== undefined) {
    return (view, given) => {
      const start = Number(given[offsetAt] ?? 0);
      return between(view, start, start + (bits === undefined ? Number(given[offsetAt + 1]) : Number(bits) / 8));
    };
  }
  if (key === 'toString') return (view, [, start, end]) => between(view, start, end);
  if (key === 'write') {
    return (view, [text, offset = 0]) => {
      const start = typeof offset === 'number' ? offset : 0;
      return between(view, start, start + Buffer.byteLength(String(text)));
    };
  }
  return undefined;
}

/** A range of elements, where negative numbers count from the end. */
function between(view: IntegerView, start: unknown, end: unknown): { start: number; end: number } {
  const clamp = (value: number): number =>
    value < 0 ? Math.max(0, view.length + value) : Math.min(Math.trunc(value), view.length);
  return { start: clamp(Number(start ?? 0)), end: clamp(end === undefined ? view.length : Number(end)) };
}

function proxyOfDataView(view: DataView, access: PlainAccess): object {
  const proxy: object = new Proxy(view, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? dataViewMethod(target, String(key), value as Method, access) : value;
    },
  });
  rememberProxy(proxy, view);
  return proxy;
}

/** `getInt16` and its like: the number of bits is in the name. */
function dataViewMethod(view: DataView, key: string, method: Method, access: PlainAccess): Method {
  const call: (given: unknown[]) => unknown = (given) => Reflect.apply(method, view, given);
  const size = Number(/^[gs]et\D+(\d+)$/.exec(key)?.[1] ?? 0) / 8;
  return (...given) => {
    const address = access.addressOf(view, Number(given[0] ?? 0));
    if (!access.active || size === 0) return call(given);
    if (key.startsWith('get')) return access.read(address, size, () => call(given));
    access.write(address, size, () => {
      call(given);
      return given[1] as Element;
    });
    return undefined;
  };
}
