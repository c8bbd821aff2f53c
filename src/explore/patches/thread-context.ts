/**
 * What the replaced operations of one worker share: the scheduler, the buffers under test, and the instruments that are
 * switched on.
 */
import type { AsyncWaits } from '../engine/async-waits.ts';
import type { IntegerView } from '../engine/native-atomics.ts';
import type { BufferRegistry } from './buffer-registry.ts';
import type { RaceLog } from '../trace/race-log.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { Verdict, Word } from '../engine/board.ts';
import type { Tracer } from '../trace/tracer.ts';

/** One worker's state that the replaced operations use. */
export interface ThreadContext {
  readonly scheduler: Scheduler;
  readonly asyncWaits: AsyncWaits;
  readonly tracer: Tracer;
  /** Whether plain accesses are instrumented: views of the buffer are then proxies. */
  readonly instrumented: boolean;
  /** Present while races are looked for. */
  races: RaceLog | undefined;
  /** The shared buffers under control, and their addresses. */
  readonly buffers: BufferRegistry;
  /** Whether setup, check or another hook of the scenario runs, in which operations are executed directly. */
  inHook: boolean;
}

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

/** The address of an element of a buffer under test. */
export function addressOf({ buffers }: ThreadContext, view: ArrayBufferView, byteOffset: number): number {
  return buffers.anyBaseOf(view.buffer) + view.byteOffset + byteOffset;
}

/** Whether a virtual thread runs here and touches an element of a buffer under test. */
export function covers(context: ThreadContext, view: IntegerView, index: number): boolean {
  return (
    context.scheduler.running &&
    context.buffers.baseOf(view.buffer) >= 0 &&
    Number.isInteger(index) &&
    index >= 0 &&
    index < view.length
  );
}

/** The step that was just executed races at `address`, unless that is −1. */
export function failOnRace({ scheduler }: ThreadContext, address: number): void {
  if (address < 0) return;
  const { words } = scheduler.board;
  words[Word.RACES]++;
  words[Word.RACE_ADDRESS] = address;
  scheduler.fail(Verdict.RACE);
}

/** Takes an atomic access down in the race log, if there is one; returns the address of a race or −1. */
export function raceOfAtomic(
  { races }: ThreadContext,
  address: number,
  size: number,
  reads: boolean,
  writes: boolean,
): number {
  return races === undefined ? -1 : races.atomic(address, size, reads, writes);
}
