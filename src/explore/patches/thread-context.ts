/**
 * What the replaced operations of one worker share: the scheduler, the buffers under test, and the instruments that are
 * switched on.
 */
import type { EventLoop } from '../engine/event-loop.ts';
import type { IntegerView } from '../engine/native-atomics.ts';
import type { BufferRegistry } from '../buffers/buffer-registry.ts';
import type { RaceLog } from '../trace/race-log.ts';
import { VANISHED, type Scheduler } from '../engine/scheduler.ts';
import { callerPosition } from '../trace/position.ts';
import { threadName } from '../trace/schedule-string.ts';
import { toIndex } from './coercion.ts';
import { Verdict, Word } from '../engine/board.ts';
import type { Tracer } from '../trace/tracer.ts';

/** One worker's state that the replaced operations use. */
export interface ThreadContext {
  readonly scheduler: Scheduler;
  readonly eventLoop: EventLoop;
  readonly tracer: Tracer;
  /** Whether plain accesses are instrumented: views of the buffer are then proxies. */
  readonly instrumented: boolean;
  /** Called at a race of plain writes where races are only watched for. */
  onRace: (address: number) => void;
  /** Present while races are looked for, or watched for. */
  races: RaceLog | undefined;
  /** The shared buffers under control, and their addresses. */
  readonly buffers: BufferRegistry;
  /** Tells the host what the explorer does not see; each text once. */
  readonly warn: (text: string) => void;
  /** Whether schedules are run: code of the scenario then only runs in threads and hooks. */
  serving: boolean;
  /** Whether setup, check or another hook of the scenario runs, in which operations are executed directly. */
  inHook: boolean;
}

/** The address of an element of a buffer under test. */
export function addressOf({ buffers }: ThreadContext, view: ArrayBufferView, byteOffset: number): number {
  return buffers.anyBaseOf(view.buffer) + view.byteOffset + byteOffset;
}

/**
 * The element of a buffer under test that a virtual thread is about to touch, −1 where the operation is none of a
 * schedule. @throws what the operation would for an index out of range, and `VANISHED` in a thread that has ended
 */
export function indexIn(context: ThreadContext, view: IntegerView, index: unknown): number {
  if (!context.scheduler.running) return outside(context, view);
  if (context.buffers.baseOf(view.buffer) < 0) return elsewhere(context, view);
  const isIndex = typeof index === 'number' && index >= 0 && index < view.length && Math.trunc(index) === index;
  return isIndex ? index + 0 : toIndex(view, index);
}

/** Outside of threads operations are executed directly; but what a thread left behind must not touch others' memory. */
function outside(context: ThreadContext, view: IntegerView): number {
  if (context.inHook || !context.serving || context.buffers.baseOf(view.buffer) < 0) return -1;
  context.warn(`thread ${threadName(context.scheduler.me)} went on after its end; what it did then is not executed`);
  throw VANISHED;
}

/** The memory is the thread's own, or the explorer does not know it. */
function elsewhere(context: ThreadContext, view: IntegerView): number {
  const { buffer } = view;
  if (isShared(buffer) && context.buffers.anyBaseOf(buffer) < 0) {
    const position = callerPosition();
    if (position !== '') context.warn(`Atomics on a shared buffer that is not under control, at ${position}`);
  }
  return -1;
}

const isShared = (buffer: unknown): boolean => Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]';

/** The step that was just executed races at `address`, unless that is −1: a failure where races are looked for. */
export function failOnRace(context: ThreadContext, address: number): void {
  if (address < 0) return;
  if (!context.instrumented) {
    context.onRace(address);
    return;
  }
  const { scheduler } = context;
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
