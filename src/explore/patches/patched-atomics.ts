/**
 * The operations of `Atomics` as the code under test gets them. On the buffer under test, and in a virtual thread, each
 * is a step of the schedule; everywhere else they are the engine's own.
 *
 * Because exactly one thread runs, an operation may be executed in parts: the element is read before and after to see
 * whether it changed.
 */
import { asElement, native, type Element, type IntegerView } from '../engine/native-atomics.ts';
import { Operation, type OperationCode } from '../engine/operation.ts';
import { toOperand } from './coercion.ts';
import { patchedWaits } from './patched-waits.ts';
import { unwrapped } from '../buffers/proxied-views.ts';
import { addressOf, failOnRace, indexIn, raceOfAtomic, type ThreadContext } from './thread-context.ts';

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
    ...patchedWaits(context),
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
    const at = indexIn(context, view, index);
    if (at < 0) return native.load(view, index);
    const size = view.BYTES_PER_ELEMENT;
    const address = addressOf(context, view, at * size);
    const isStep = scheduler.arrive(Operation.LOAD, address, size, view, at, 0, 0);
    const value = native.load(view, at);
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
  return function updateElement(given, index, value) {
    const view = instrumented ? unwrapped(given) : given;
    const at = indexIn(context, view, index);
    if (at < 0) return update(view, index, value);
    const operand = toOperand(view, at, value);
    const size = view.BYTES_PER_ELEMENT;
    const address = addressOf(context, view, at * size);
    const isStep = scheduler.arrive(code, address, size, view, at, operand, 0);
    const before = view[at];
    const result = update(view, at, operand);
    const after = view[at] ?? 0;
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
  return function compareExchange(given, index, wanted, value) {
    const view = instrumented ? unwrapped(given) : given;
    const at = indexIn(context, view, index);
    if (at < 0) return native.compareExchange(view, index, wanted, value);
    const expected = toOperand(view, at, wanted);
    const operand = toOperand(view, at, value);
    const size = view.BYTES_PER_ELEMENT;
    const address = addressOf(context, view, at * size);
    const isStep = scheduler.arrive(Operation.COMPARE_EXCHANGE, address, size, view, at, expected, operand);
    const found = native.compareExchange(view, at, expected, operand);
    const after = view[at] ?? 0;
    const writes = found === expected || found === asElement(view, expected);
    const race = raceOfAtomic(context, address, size, true, writes);
    if (isStep) scheduler.settle(address, after, found !== after);
    if (isStep && tracer.on) tracer.step({ expected, operand, value: found, changed: found !== after });
    failOnRace(context, race);
    return found;
  };
}
