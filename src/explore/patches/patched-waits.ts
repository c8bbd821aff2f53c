/**
 * `wait`, `waitAsync` and `notify` as the code under test gets them. They never reach the engine: they move entries of
 * the virtual queue. What a thread makes for itself is virtual too, since sleeping on it is a way to let time pass.
 */
import { digest, native, type Element, type WaitAsyncResult, type WaitableView } from '../engine/native-atomics.ts';
import { Operation, type OperationCode } from '../engine/operation.ts';
import { toCount, toExpected, toIndex, toTimeout } from './coercion.ts';
import { unwrapped } from '../buffers/proxied-views.ts';
import { addressOf, failOnRace, indexIn, raceOfAtomic, type ThreadContext } from './thread-context.ts';

/** The constructors from before they are replaced. */
const [Int32, Int64] = [Int32Array, BigInt64Array];

type Wait<Result> = (view: WaitableView, index: number, value: Element, timeout?: number) => Result;
type Notify = (view: WaitableView, index: number, count?: number) => number;

/** A wait whose arguments have been coerced. */
interface Sleep {
  readonly view: WaitableView;
  readonly at: number;
  readonly expected: Element;
  readonly timeout: number;
  readonly address: number;
}

/** The three operations. */
export function patchedWaits(context: ThreadContext): {
  wait: Wait<string>;
  waitAsync: Wait<WaitAsyncResult>;
  notify: Notify;
} {
  return { wait: patchedWait(context), waitAsync: patchedWaitAsync(context), notify: patchedNotify(context) };
}

function patchedWait(context: ThreadContext): Wait<string> {
  const { scheduler, tracer } = context;
  return function wait(given, index, value, timeout) {
    const view = unwrapped(given);
    const sleep = sleepOf(context, view, index, value, timeout);
    if (sleep === undefined) return waitOutside(context, view, index, value, timeout);
    const refused = refusalOf(context, Operation.WAIT, sleep);
    if (refused !== undefined) return refused;
    const result = scheduler.sleep(sleep.address, sleep.timeout);
    if (tracer.on) tracer.woken(result);
    return result;
  };
}

function patchedWaitAsync(context: ThreadContext): Wait<WaitAsyncResult> {
  return function waitAsync(given, index, value, timeout) {
    const view = unwrapped(given);
    const sleep = sleepOf(context, view, index, value, timeout);
    if (sleep === undefined) return native.waitAsync(view, index, value, timeout);
    const refused = refusalOf(context, Operation.WAIT_ASYNC, sleep);
    if (refused !== undefined) return { async: false, value: refused };
    return { async: true, value: context.eventLoop.add(sleep.address, sleep.timeout) };
  };
}

function patchedNotify(context: ThreadContext): Notify {
  const { scheduler, tracer } = context;
  const sleepers = new Int32(1);
  return function notify(given, index, count) {
    const view = unwrapped(given);
    const at = isWaitable(view) ? indexIn(context, view, index) : -1;
    if (at < 0 && !awaitsAlone(context, view, index)) return native.notify(view, index, count);
    const place = at < 0 ? toIndex(view, index) : at;
    const most = toCount(count);
    const address = addressOf(context, view, place * view.BYTES_PER_ELEMENT);
    sleepers[0] = Math.min(most, scheduler.queue.sleepersOn(address));
    const isStep = scheduler.arrive(Operation.NOTIFY, address, view.BYTES_PER_ELEMENT, sleepers, 0, 0, 0);
    if (!isStep) return 0;
    const { threads, woken } = scheduler.wake(address, most);
    context.races?.handOver(threads);
    scheduler.settleSignal(woken, woken > 0);
    if (tracer.on) tracer.step({ value: woken });
    return woken;
  };
}

/** The arguments, if the operation is virtual. */
function sleepOf(
  context: ThreadContext,
  view: WaitableView,
  index: number,
  value: Element,
  timeout: number | undefined,
): Sleep | undefined {
  if (!context.scheduler.running || !isWaitable(view) || context.buffers.anyBaseOf(view.buffer) < 0) {
    if (isWaitable(view)) indexIn(context, view, index);
    return undefined;
  }
  const at = toIndex(view, index);
  const expected = toExpected(view, at, value);
  const milliseconds = toTimeout(timeout);
  const address = addressOf(context, view, at * view.BYTES_PER_ELEMENT);
  return { view, at, expected, timeout: milliseconds, address };
}

/** The step of a wait, up to the question whether it sleeps at all. */
function refusalOf(
  context: ThreadContext,
  code: OperationCode,
  { view, at, expected, timeout, address }: Sleep,
): 'not-equal' | 'timed-out' | undefined {
  const { scheduler, tracer } = context;
  const size = view.BYTES_PER_ELEMENT;
  const isPrivate = context.buffers.baseOf(view.buffer) < 0;
  if (isPrivate && (timeout === 0 || native.load(view, at) !== expected)) {
    return native.load(view, at) === expected ? 'timed-out' : 'not-equal';
  }
  const isStep = scheduler.arrive(code, address, size, view, at, expected, timeout);
  const found = native.load(view, at);
  const race = raceOfAtomic(context, address, size, true, false);
  const equal = found === expected;
  const sleeps = equal && timeout > 0;
  if (isStep && sleeps) scheduler.settleSignal(digest(found), true);
  else if (isStep) scheduler.settle(address, found, false);
  const refused = sleeps ? undefined : equal ? 'timed-out' : 'not-equal';
  if (isStep && tracer.on) tracer.step({ expected, value: refused });
  failOnRace(context, race);
  return refused;
}

/** Whether a thread has a promise of `waitAsync` on memory of its own, which it may settle itself. */
function awaitsAlone(context: ThreadContext, view: WaitableView, index: number): boolean {
  const { buffers, scheduler } = context;
  if (!scheduler.running || !isWaitable(view) || buffers.anyBaseOf(view.buffer) < 0) return false;
  return scheduler.queue.awaits(addressOf(context, view, toIndex(view, index) * view.BYTES_PER_ELEMENT));
}

/** A wait that is no step: in a hook, where no other thread runs that could end it, it times out at once. */
function waitOutside(
  context: ThreadContext,
  view: WaitableView,
  index: number,
  value: Element,
  timeout: number | undefined,
): string {
  const isVirtual = context.inHook && isWaitable(view) && context.buffers.baseOf(view.buffer) >= 0;
  if (!isVirtual || native.load(view, index) !== toExpected(view, toIndex(view, index), value)) {
    return native.wait(view, index, value, timeout);
  }
  const milliseconds = toTimeout(timeout);
  if (milliseconds === Infinity) {
    throw new Error('Atomics.wait in a hook of the scenario would sleep for ever: no thread runs beside a hook');
  }
  context.scheduler.board.clock[0] += milliseconds;
  return 'timed-out';
}

const isWaitable = (view: unknown): boolean => view instanceof Int32 || view instanceof Int64;
