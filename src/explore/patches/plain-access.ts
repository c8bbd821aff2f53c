/**
 * Plain reads and writes of the buffer under test, as its instrumented views report them.
 *
 * With `'schedule'` each is a step at which other threads may come between. With `'race-log'` they are no steps, except
 * that a thread may die right before a write where deaths are searched; in both cases the race log sees them.
 */
import { Word } from '../engine/board.ts';
import type { Element, IntegerView } from '../engine/native-atomics.ts';
import { Operation } from '../engine/operation.ts';
import { NO_VIEW } from '../engine/scheduler.ts';
import { addressOf, failOnRace, type ThreadContext } from './thread-context.ts';

/** How plain accesses are treated. */
export type PlainMode = 'off' | 'race-log' | 'schedule';

/** Reports plain accesses of one worker to its scheduler and race log. */
export class PlainAccess {
  readonly #context: ThreadContext;
  readonly #isStep: boolean;
  readonly #mayDie: boolean;

  constructor(context: ThreadContext, mode: PlainMode, deaths: number) {
    this.#context = context;
    this.#isStep = mode === 'schedule';
    this.#mayDie = deaths > 0;
  }

  /** Whether accesses count now: a virtual thread runs and is not being unwound. */
  get active(): boolean {
    const { running, unwinding } = this.#context.scheduler;
    return running && !unwinding;
  }

  /** The address of a byte of a view. */
  addressOf(view: ArrayBufferView, byteOffset: number): number {
    return addressOf(this.#context, view, byteOffset);
  }

  /** Reads through `perform`; `view` and `index` name the element where there is one. */
  read<Value>(address: number, size: number, perform: () => Value, view: IntegerView = NO_VIEW, index = 0): Value {
    const { scheduler, tracer } = this.#context;
    const isStep = this.#isStep && scheduler.arrive(Operation.READ, address, size, view, index, 0, 0);
    if (!this.#isStep) scheduler.board.words[Word.BEAT]++;
    const value = perform();
    const element = elementOf(value);
    if (isStep) scheduler.settle(address, element, false);
    if (tracer.on) tracer.access('read', address, size, { value: element });
    failOnRace(this.#context, this.#race(address, size, false));
    return value;
  }

  /** Writes through `perform`, which tells the element that it left, or `undefined` for more than one. */
  write(address: number, size: number, perform: () => Element | undefined, before?: Element): void {
    const { scheduler, tracer } = this.#context;
    const isStep = this.#isStep || this.#mayDie;
    if (this.#isStep) scheduler.arrive(Operation.WRITE, address, size, NO_VIEW, 0, 0, 0);
    else if (this.#mayDie) scheduler.arriveAlone(Operation.WRITE, address, size);
    else {
      scheduler.leaveLoop();
      scheduler.board.words[Word.BEAT]++;
    }
    const after = perform();
    const changed = after === undefined || after !== before;
    if (isStep) scheduler.settle(address, after ?? 0, changed);
    else if (changed) scheduler.noteChange(address, size);
    if (tracer.on) tracer.access('write', address, size, { operand: after, changed });
    failOnRace(this.#context, this.#race(address, size, true));
  }

  #race(address: number, size: number, writes: boolean): number {
    const { races, scheduler } = this.#context;
    scheduler.board.controlled[scheduler.me] = 1;
    return races === undefined ? -1 : races.plain(address, size, writes);
  }
}

const elementOf = (value: unknown): Element => (typeof value === 'number' || typeof value === 'bigint' ? value : 0);
