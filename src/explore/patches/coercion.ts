/**
 * Arguments of `Atomics`, coerced as the specification does and in its order, once: an object among them may run code.
 */
import { native, type Element, type IntegerView, type WaitableView } from '../engine/native-atomics.ts';

/** ToIndex, for what is not already an index of the view. @throws RangeError, TypeError as the operation would */
export function toIndex(view: IntegerView, index: unknown): number {
  const number = toNumber(index);
  const at = Number.isNaN(number) ? 0 : Math.trunc(number) + 0;
  if (!(at >= 0 && at < view.length)) native.load(view, at);
  return at;
}

/** The operand of an operation on the view: an integer, or a big one. */
export function toOperand(view: IntegerView, at: number, value: unknown): Element {
  if (typeof view[at] === 'bigint') return typeof value === 'bigint' ? value : toBigInt(value);
  const number = toNumber(value);
  return Number.isNaN(number) ? 0 : Math.trunc(number) + 0;
}

/** What a wait compares the element with. */
export function toExpected(view: WaitableView, at: number, value: unknown): Element {
  if (typeof view[at] !== 'bigint') return (value as number) | 0;
  return BigInt.asIntN(64, typeof value === 'bigint' ? value : toBigInt(value));
}

/** Milliseconds; `undefined` is for ever. */
export function toTimeout(timeout: unknown): number {
  const milliseconds = toNumber(timeout);
  return Number.isNaN(milliseconds) ? Infinity : Math.max(0, milliseconds);
}

/** How many a notify wakes at most; `undefined` is all. */
export function toCount(count: unknown): number {
  if (count === undefined) return Infinity;
  const number = toNumber(count);
  return Number.isNaN(number) ? 0 : Math.max(0, Math.trunc(number));
}

/** ToNumber; it refuses big integers and symbols. */
const toNumber = (value: unknown): number => (value as number) - 0;

function toBigInt(value: unknown): bigint {
  const primitive = typeof value === 'object' || typeof value === 'function' ? toPrimitive(value) : value;
  if (typeof primitive === 'number') throw new TypeError(`Cannot convert ${primitive} to a BigInt`);
  return BigInt(primitive as string);
}

/** ToPrimitive with the hint "number". */
function toPrimitive(value: object | null): unknown {
  if (value === null) return value;
  const exotic: unknown = Reflect.get(value, Symbol.toPrimitive);
  const methods = exotic === undefined || exotic === null ? ['valueOf', 'toString'] : [Symbol.toPrimitive];
  for (const name of methods) {
    const method: unknown = Reflect.get(value, name);
    if (typeof method !== 'function') continue;
    const primitive: unknown = Reflect.apply(method, value, name === Symbol.toPrimitive ? ['number'] : []);
    if (primitive === null || (typeof primitive !== 'object' && typeof primitive !== 'function')) return primitive;
  }
  throw new TypeError('Cannot convert object to primitive value');
}
