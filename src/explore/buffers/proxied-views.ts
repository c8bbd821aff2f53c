/**
 * Views whose plain accesses are seen are proxies; these are the views behind them.
 */
const originals = new WeakMap<object, ArrayBufferView>();

/** Takes down that `proxy` stands for `view`. */
export function rememberProxy(proxy: object, view: ArrayBufferView): void {
  originals.set(proxy, view);
}

/** The typed array behind a proxy, or the argument itself: `Atomics` and other built-ins refuse proxies. */
export function unwrapped<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  return (originals.get(value) as Value | undefined) ?? value;
}
