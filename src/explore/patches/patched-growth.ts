/**
 * `grow` and `byteLength` of growable buffers under test: both are atomic, so both are steps. A buffer of fixed length
 * has nothing to observe, and stays what it is.
 */
import { Operation } from '../engine/operation.ts';
import type { ThreadContext } from './thread-context.ts';
import { NO_VIEW } from '../engine/scheduler.ts';

/** Replaces the two members of `SharedArrayBuffer.prototype`. */
export function patchGrowth(context: ThreadContext): void {
  const { prototype } = SharedArrayBuffer;
  const getLength = getterOf(prototype, 'byteLength');
  const grow = Object.getOwnPropertyDescriptor(prototype, 'grow')?.value as ((length?: number) => void) | undefined;
  if (grow === undefined) return;
  const found = new Int32Array(1);
  const isStep = (buffer: SharedArrayBuffer): boolean =>
    context.scheduler.running && buffer.growable && context.buffers.baseOf(buffer) >= 0;
  Object.defineProperty(prototype, 'byteLength', {
    configurable: true,
    get(this: SharedArrayBuffer): number {
      if (!isStep(this)) return Reflect.apply(getLength, this, []);
      const { scheduler, tracer } = context;
      found[0] = Reflect.apply(getLength, this, []);
      const isTaken = scheduler.arrive(Operation.BYTE_LENGTH, context.buffers.baseOf(this), 0, found, 0, 0, 0);
      const value = Reflect.apply(getLength, this, []);
      if (!isTaken) return value;
      scheduler.settleSignal(value, false);
      if (tracer.on) tracer.step({ value });
      return value;
    },
  });
  Object.defineProperty(prototype, 'grow', {
    configurable: true,
    writable: true,
    value: function patchedGrow(this: SharedArrayBuffer, length?: number): void {
      if (isStep(this)) growInStep(context, this, length, grow);
      else Reflect.apply(grow, this, [length]);
    },
  });
}

function growInStep(
  { buffers, scheduler, tracer }: ThreadContext,
  buffer: SharedArrayBuffer,
  length: number | undefined,
  grow: (length?: number) => void,
): void {
  scheduler.arrive(Operation.GROW, buffers.baseOf(buffer), 0, NO_VIEW, 0, 0, 0);
  let refused: unknown;
  try {
    Reflect.apply(grow, buffer, [length]);
  } catch (error) {
    refused = error;
  }
  scheduler.settleSignal(Number(length) | 0, true);
  // Who spins on the length reads it at the buffer's first address.
  scheduler.noteChange(buffers.baseOf(buffer), 1);
  if (tracer.on) tracer.step({ operand: Number(length), changed: refused === undefined });
  if (refused !== undefined) throw refused;
}

function getterOf(prototype: object, name: string): (this: SharedArrayBuffer) => number {
  // oxlint-disable-next-line typescript/unbound-method -- it is applied to a buffer at each call
  const { get } = Object.getOwnPropertyDescriptor(prototype, name) ?? {};
  if (get === undefined) throw new Error(`SharedArrayBuffer.prototype has no getter ${name}`);
  return get as (this: SharedArrayBuffer) => number;
}
