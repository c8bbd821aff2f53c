/**
 * Timers in virtual time for the code of a thread: the globals, `node:timers`, `node:timers/promises` and
 * `AbortSignal.timeout`. Outside of threads all are what they were. An immediate needs no time; it is only taken down, so
 * that none is left when its thread has ended.
 */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import promises from 'node:timers/promises';
import { promisify } from 'node:util';
import type { EventLoop } from '../engine/event-loop.ts';

type Callback = (...given: unknown[]) => void;

/** What `setTimeout` returns in a thread. */
class VirtualTimeout {
  readonly #loop: EventLoop;
  readonly #callback: () => void;
  readonly #delay: number;
  readonly #interval: boolean;
  #id: number;

  constructor(loop: EventLoop, callback: () => void, delay: number, interval: boolean) {
    [this.#loop, this.#callback, this.#delay, this.#interval] = [loop, callback, delay, interval];
    this.#id = loop.setTimer(callback, delay, interval);
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  refresh(): this {
    this.close();
    this.#id = this.#loop.setTimer(this.#callback, this.#delay, this.#interval);
    return this;
  }

  close(): this {
    this.#loop.clearTimer(this.#id);
    return this;
  }

  [Symbol.toPrimitive](): number {
    return -this.#id;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The number that a timeout is as a primitive. */
const idOf = (timeout: unknown): number => (typeof timeout === 'object' ? Number.NaN : Number(timeout));

/** Replaces the timers wherever `inside()` holds. */
export function patchTimers(loop: EventLoop, inside: () => boolean): void {
  const made = new Map<number, VirtualTimeout>();
  const start = (interval: boolean, callback: Callback, delay: unknown, given: unknown[]): VirtualTimeout => {
    if (typeof callback !== 'function') throw new TypeError('The "callback" argument must be of type function');
    const timeout = new VirtualTimeout(loop, () => callback(...given), Number(delay), interval);
    made.set(Number(timeout), timeout);
    return timeout;
  };
  const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval } = timers;
  const stop = (native: (timeout: never) => void, timeout: unknown): void => {
    const virtual = timeout instanceof VirtualTimeout ? timeout : made.get(idOf(timeout));
    if (virtual === undefined) native(timeout as never);
    else virtual.close();
  };
  const sleep = (delay: unknown, value?: unknown, options?: { readonly signal?: AbortSignal }): Promise<unknown> =>
    sleepVirtually(start, delay, value, options?.signal);
  const replaced = {
    setTimeout: (callback: Callback, delay?: unknown, ...given: unknown[]) =>
      inside() ? start(false, callback, delay, given) : setTimeout(callback, delay as number, ...given),
    setInterval: (callback: Callback, delay?: unknown, ...given: unknown[]) =>
      inside() ? start(true, callback, delay, given) : setInterval(callback, delay as number, ...given),
    setImmediate: (callback: Callback, ...given: unknown[]) =>
      inside() ? loop.setImmediate(() => callback(...given)) : setImmediate(callback, ...given),
    clearImmediate: (immediate: NodeJS.Immediate) => loop.clearImmediate(immediate),
    clearTimeout: (timeout: unknown) => stop(clearTimeout, timeout),
    clearInterval: (timeout: unknown) => stop(clearInterval, timeout),
  };
  const { setTimeout: later, setInterval: every, setImmediate: soon, scheduler } = promises;
  Object.assign(promises, {
    setTimeout: (delay?: number, value?: unknown, options?: object) =>
      inside() ? sleep(delay, value, options) : later(delay, value, options),
    setInterval: (delay?: number, value?: unknown, options?: object) =>
      inside() ? ticks(sleep, delay, value, options) : every(delay, value, options),
  });
  const waitNatively = scheduler.wait.bind(scheduler);
  scheduler.wait = (delay, options) =>
    inside() ? (sleep(delay, undefined, options) as Promise<void>) : waitNatively(delay, options);
  Object.defineProperty(replaced.setTimeout, promisify.custom, { get: () => promises.setTimeout });
  Object.defineProperty(replaced.setImmediate, promisify.custom, { value: soon });
  Object.assign(timers, replaced);
  for (const [name, value] of Object.entries(replaced)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true });
  }
  syncBuiltinESMExports();
  patchAbortTimeout(start, inside);
}

type Start = (interval: boolean, callback: Callback, delay: unknown, given: unknown[]) => VirtualTimeout;

function sleepVirtually(
  start: Start,
  delay: unknown,
  value: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  if (signal?.aborted === true) return Promise.reject(abortError(signal));
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      timeout.close();
      reject(signal === undefined ? undefined : abortError(signal));
    };
    const fire = (): void => {
      signal?.removeEventListener('abort', abort);
      resolve(value);
    };
    const timeout = start(false, fire, delay, []);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

async function* ticks(
  sleep: (delay: unknown, value?: unknown, options?: object) => Promise<unknown>,
  delay: unknown,
  value: unknown,
  options: object | undefined,
): AsyncGenerator {
  for (;;) yield await sleep(delay, value, options);
}

const abortError = (signal: AbortSignal): Error =>
  Object.assign(new Error('The operation was aborted', { cause: signal.reason }), {
    name: 'AbortError',
    code: 'ABORT_ERR',
  });

function patchAbortTimeout(start: Start, inside: () => boolean): void {
  const native = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (delay) => {
    if (!inside()) return native(delay);
    const controller = new AbortController();
    const late = (): void =>
      controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    start(false, late, delay, []);
    return controller.signal;
  };
}
