/**
 * The operations of `Atomics` as the code under test gets them. On the buffer under test, and in a virtual thread, each
 * is a step of the schedule; everywhere else they are the engine's own.
 *
 * Because exactly one thread runs, an operation may be executed in parts: the element is read before and after to see
 * whether it changed. Waiting and waking never reach the engine: they move entries of the virtual queue.
 */
import { digest, native, type Element, type IntegerView, type WaitableView } from '../engine/native-atomics.ts';
import { Operation, type OperationCode } from '../engine/operation.ts';
import { addressOf, covers, failOnRace, raceOfAtomic, unwrapped, type ThreadContext } from './thread-context.ts';
import type { WaitAsyncResult } from '../engine/native-atomics.ts';

/** The constructors from before they are replaced. */
const Int32 = Int32Array;
const Int64 = BigInt64Array;

type Update = (view: IntegerView, index: number, value: Element) => Element;

/** Replaces the methods of the global `Atomics`. Code that kept a reference from before escapes. */
export function patchAtomics(context: ThreadContext): void {
  const methods = {
    load: patchedLoad(context),
    store: patchedUpdate(context, Operation.STORE, native.store),
    add: patchedUpdate(context, Operation.ADD, native.add),
    sub: patchedUpdate(context, Operation.SUB, native.sub),
    and: patchedUpdate(context, Operation.AND, native.and),
    or: patchedUpdate(context, Operation.OR, native.or),
    xor: patchedUpdate(context, Operation.XOR, native.xor),
    exchange: patchedUpdate(context, Operation.EXCHANGE, native.exchange),
    compareExchange: patchedCompareExchange(context),
    wait: patchedWait(context),
    waitAsync: patchedWaitAsync(context),
    notify: patchedNotify(context),
    // A hint to the processor: it has no effect that another thread could see.
    ...('pause' in Atomics ? { pause: () => undefined } : {}),
  };
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(Atomics, name, { value, writable: true, configurable: true });
  }
}

function patchedLoad(context: ThreadContext): (view: IntegerView, index: number) => Element {
  const { scheduler, tracer, instrumented } = context;
  return function load(given, index) {
    const view = instrumented ? unwrapped(given) : given;
    if (!covers(context, view, index)) return native.load(view, index);
    const size = view.BYTES_PER_ELEMENT;
    const address = addressOf(context, view, index * size);
    const isStep = scheduler.arrive(Operation.LOAD, address, size, view, index, 0, 0);
    const value = native.load(view, index);
    const race = raceOfAtomic(context, address, size, true, false);
    if (isStep) scheduler.settle(address, value, false);
    if (isStep && tracer.on) tracer.step({ value });
    failOnRace(context, race);
    return value;
  };
}

function patchedUpdate(context: ThreadContext, code: OperationCode, update: Update): Update {
  const { scheduler, tracer, instrumented } = context;
  const reads = code !== Operation.STORE;
  return function updateElement(given, index, operand) {
    const view = instrumented ? unwrapped(given) : given;
    if (!covers(context, view, index)) return update(view, index, operand);
    const size = view.BYTES_PER_ELEMENT;
    const address = addressOf(context, view, index * size);
    const isStep = scheduler.arrive(code, address, size, view, index, operand, 0);
    const before = view[index];
    const result = update(view, index, operand);
    const after = view[index] ?? 0;
    const race = raceOfAtomic(context, address, size, reads, true);
    if (isStep) scheduler.settle(address, after, before !== after);
    if (isStep && tracer.on) tracer.step({ operand, value: reads ? result : undefined, changed: before !== after });
    failOnRace(context, race);
    return result;
  };
}

function patchedCompareExchange(
  context: ThreadContext,
): (view: IntegerView, index: number, expected: Element, replacement: Element) => Element {
  const { scheduler, tracer, instrumented } = context;
  return function compareExchange(given, index, expected, replacement) {
    const view = instrumented ? unwrapped(given) : given;
    if (!covers(context, view, index)) return native.compareExchange(view, index, expected, replacement);
    const size = view.BYTES_PER_ELEMENT;
    const address = addressOf(context, view, index * size);
    const isStep = scheduler.arrive(Operation.COMPARE_EXCHANGE, address, size, view, index, expected, replacement);
    const found = native.compareExchange(view, index, expected, replacement);
    const after = view[index] ?? 0;
    const race = raceOfAtomic(context, address, size, true, found === expected);
    if (isStep) scheduler.settle(address, after, found !== after);
    if (isStep && tracer.on) tracer.step({ expected, operand: replacement, value: found, changed: found !== after });
    failOnRace(context, race);
    return found;
  };
}

type Wait<Result> = (view: WaitableView, index: number, value: Element, timeout?: number) => Result;

function patchedWait(context: ThreadContext): Wait<string> {
  const { scheduler, tracer } = context;
  return function wait(given, index, value, timeout) {
    const view = unwrapped(given);
    if (!isCovered(context, view, index) && !sleepsAlone(context, view, index, value, timeout))
      return waitOutside(context, view, index, value, timeout);
    if (!isStillEqual(context, Operation.WAIT, view, index, value)) return 'not-equal';
    if (tracer.on) tracer.step({ expected: value });
    const milliseconds = timeoutOf(timeout);
    if (milliseconds === 0) return 'timed-out';
    const result = scheduler.sleep(addressIn(context, view, index), milliseconds);
    if (tracer.on) tracer.woken(result);
    return result;
  };
}

function patchedWaitAsync(context: ThreadContext): Wait<WaitAsyncResult> {
  const { tracer } = context;
  return function waitAsync(given, index, value, timeout) {
    const view = unwrapped(given);
    if (!isCovered(context, view, index) && !sleepsAlone(context, view, index, value, timeout))
      return native.waitAsync(view, index, value, timeout);
    if (!isStillEqual(context, Operation.WAIT_ASYNC, view, index, value)) return { async: false, value: 'not-equal' };
    if (tracer.on) tracer.step({ expected: value });
    const milliseconds = timeoutOf(timeout);
    if (milliseconds === 0) return { async: false, value: 'timed-out' };
    return { async: true, value: context.asyncWaits.add(addressIn(context, view, index), milliseconds) };
  };
}

function patchedNotify(context: ThreadContext): (view: WaitableView, index: number, count?: number) => number {
  const { scheduler, tracer } = context;
  return function notify(given, index, count = Infinity) {
    const view = unwrapped(given);
    if (!isCovered(context, view, index) && !awaitsAlone(context, view, index))
      return native.notify(view, index, count);
    const address = addressIn(context, view, index);
    scheduler.arrive(Operation.NOTIFY, address, view.BYTES_PER_ELEMENT, view, index, 0, 0);
    const { threads, woken } = scheduler.wake(address, Math.max(0, Math.trunc(count) || 0));
    context.races?.handOver(threads);
    scheduler.settleSignal(woken, woken > 0);
    if (tracer.on) tracer.step({ value: woken });
    return woken;
  };
}

/** The step of a wait, up to the question whether it sleeps at all. */
function isStillEqual(
  context: ThreadContext,
  code: OperationCode,
  view: WaitableView,
  index: number,
  value: Element,
): boolean {
  const { scheduler, tracer } = context;
  const size = view.BYTES_PER_ELEMENT;
  const address = addressIn(context, view, index);
  scheduler.arrive(code, address, size, view, index, 0, 0);
  const found = native.load(view, index);
  const race = raceOfAtomic(context, address, size, true, false);
  const equal = digest(found) === digest(value);
  if (equal) scheduler.settleSignal(digest(found), true);
  else scheduler.settle(address, found, false);
  if (!equal && tracer.on) tracer.step({ expected: value, value: 'not-equal' });
  failOnRace(context, race);
  return equal;
}

/** Whether a thread has a promise of `waitAsync` on memory of its own, which it may settle itself. */
function awaitsAlone(context: ThreadContext, view: WaitableView, index: number): boolean {
  const { buffers, scheduler } = context;
  if (!scheduler.running || !(view instanceof Int32 || view instanceof Int64)) return false;
  return buffers.anyBaseOf(view.buffer) >= 0 && scheduler.queue.awaits(addressIn(context, view, index));
}

/** A wait that is no step: in a hook, where no other thread runs that could end it, it times out at once. */
function waitOutside(
  context: ThreadContext,
  view: WaitableView,
  index: number,
  value: Element,
  timeout: number | undefined,
): string {
  const isVirtual = context.inHook && context.buffers.baseOf(view.buffer) >= 0;
  if (!isVirtual || native.load(view, index) !== value) return native.wait(view, index, value, timeout);
  const milliseconds = timeoutOf(timeout);
  if (milliseconds === Infinity) {
    throw new Error('Atomics.wait in a hook of the scenario would sleep for ever: no thread runs beside a hook');
  }
  context.scheduler.board.clock[0] += milliseconds;
  return 'timed-out';
}

function isCovered(context: ThreadContext, view: WaitableView, index: number): boolean {
  return (view instanceof Int32 || view instanceof Int64) && covers(context, view, index);
}

/** Whether a thread would sleep on memory of its own, which is virtual too: it may be a way to let time pass. */
function sleepsAlone(
  { buffers, scheduler }: ThreadContext,
  view: WaitableView,
  index: number,
  value: Element,
  timeout: number | undefined,
): boolean {
  if (!scheduler.running || !(view instanceof Int32 || view instanceof Int64)) return false;
  return buffers.anyBaseOf(view.buffer) >= 0 && timeoutOf(timeout) > 0 && native.load(view, index) === value;
}

const addressIn = (context: ThreadContext, view: WaitableView, index: number): number =>
  addressOf(context, view, index * view.BYTES_PER_ELEMENT);

/** Milliseconds, as the specification reads the argument. */
function timeoutOf(timeout: number | undefined): number {
  const milliseconds = Number(timeout);
  return Number.isNaN(milliseconds) ? Infinity : Math.max(0, milliseconds);
}
