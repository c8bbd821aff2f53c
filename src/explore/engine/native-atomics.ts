/**
 * The engine's own operations of `Atomics`, kept from before they are replaced. This module must be evaluated before
 * `patchAtomics` is called; the code under test must not be.
 */

/** Typed arrays that `Atomics` accepts. */
export type IntegerView =
  Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array | BigUint64Array;

/** Typed arrays that `Atomics.wait` accepts. */
export type WaitableView = Int32Array | BigInt64Array;

/** An element of an `IntegerView`. */
export type Element = number | bigint;

type Update = (view: IntegerView, index: number, value: Element) => Element;

/** `Atomics` as the engine calls it: any view with any element, because the wrappers pass on what they were given. */
interface NativeAtomics {
  readonly load: (view: IntegerView, index: number) => Element;
  readonly store: Update;
  readonly add: Update;
  readonly sub: Update;
  readonly and: Update;
  readonly or: Update;
  readonly xor: Update;
  readonly exchange: Update;
  readonly compareExchange: (view: IntegerView, index: number, expected: Element, value: Element) => Element;
  readonly wait: (view: WaitableView, index: number, value: Element, timeout?: number) => string;
  readonly waitAsync: (view: WaitableView, index: number, value: Element, timeout?: number) => WaitAsyncResult;
  readonly notify: (view: WaitableView, index: number, count?: number) => number;
}

/** What `Atomics.waitAsync` returns. */
export type WaitAsyncResult = { async: false; value: string } | { async: true; value: Promise<string> };

const { load, store, add, sub, and, or, xor, exchange, compareExchange, wait, notify } = Atomics;
const { waitAsync } = Atomics as unknown as NativeAtomics;

export const native: NativeAtomics = {
  load,
  store,
  add,
  sub,
  and,
  or,
  xor,
  exchange,
  compareExchange,
  wait,
  waitAsync,
  notify,
} as unknown as NativeAtomics;

/** A value as 32 bits, for hashes. */
export function digest(value: Element): number {
  if (typeof value === 'number') return Number.isInteger(value) ? value | 0 : Math.trunc(value * 65_536) | 0;
  return Number(BigInt.asIntN(32, value)) ^ Number(BigInt.asIntN(32, value >> 32n));
}

/** One element of each type, made before the constructors are replaced. */
const CELLS = new Map<string, IntegerView>(
  [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array].map(
    (View) => [View.name, new View(1)],
  ),
);

/** A number as an element of the view holds it. */
export function asElement(view: IntegerView, value: Element): Element {
  const cell = CELLS.get(view[Symbol.toStringTag]);
  if (cell === undefined) return value;
  cell[0] = value as never;
  return cell[0] ?? 0;
}
