/**
 * Reports every step to the host while a schedule is replayed for its report. Each step is a message of its own, so
 * that what a thread did is known even if it never returns from its next step.
 */
import type { MessagePort } from 'node:worker_threads';
import { Word } from '../engine/board.ts';
import type { Element } from '../engine/native-atomics.ts';
import { addressOf, codeOf, nameOfOperation } from '../engine/operation.ts';
import { userPosition } from './position.ts';
import type { Scheduler } from '../engine/scheduler.ts';

/** What an operation was given and gave. */
export interface StepDetail {
  readonly expected?: Element | undefined;
  readonly operand?: Element | undefined;
  readonly value?: Element | string | undefined;
  readonly changed?: boolean;
}

/** One line of a report. */
export interface TraceEntry {
  /** The place of the line in the trace: lines of different workers may arrive in another order. */
  readonly order: number;
  /** The step, from 0; the same as the line's before for what takes no step of its own. */
  readonly step: number;
  readonly thread: number;
  readonly operation: string;
  readonly address: number;
  /** The address as people read it: a byte of the scenario's own buffer, or another buffer's name with it. */
  readonly place?: string;
  readonly size: number;
  readonly name?: string | undefined;
  readonly expected?: string | undefined;
  readonly operand?: string | undefined;
  readonly value?: string | undefined;
  readonly changed: boolean;
  /** `file:line:column` of the code under test. */
  readonly position: string;
}

/** One worker's reporter; `on` only while a schedule is traced. */
export class Tracer {
  on = false;
  readonly #scheduler: Scheduler;
  readonly #port: MessagePort;
  readonly #nameOf: (address: number) => string | undefined;

  constructor(scheduler: Scheduler, port: MessagePort, nameOf: (address: number) => string | undefined) {
    this.#scheduler = scheduler;
    this.#port = port;
    this.#nameOf = nameOf;
  }

  /** The operation that this thread has just executed, or its death. */
  step(detail: StepDetail): void {
    const { board, me } = this.#scheduler;
    const key = board.key[me];
    this.#send(nameOfOperation(codeOf(key)), addressOf(key), board.size[me], detail);
  }

  /** A plain access that is no step. */
  access(operation: string, address: number, size: number, detail: StepDetail): void {
    this.#send(operation, address, size, detail);
  }

  /** The thread returned from a wait. */
  woken(result: string): void {
    const { board, me } = this.#scheduler;
    this.#send('woken', addressOf(board.key[me]), board.size[me], { value: result });
  }

  /** A timeout of another thread fired, or of this one while it sleeps. */
  timeout(thread: number): void {
    this.#send('timeout', 0, 0, {}, thread);
  }

  #send(operation: string, address: number, size: number, detail: StepDetail, thread = this.#scheduler.me): void {
    const { board } = this.#scheduler;
    const entry: TraceEntry = {
      order: board.words[Word.TRACED]++,
      step: board.words[Word.STEP] - 1,
      thread,
      operation,
      address,
      size,
      name: this.#nameOf(address),
      expected: textOf(detail.expected),
      operand: textOf(detail.operand),
      value: textOf(detail.value),
      changed: detail.changed ?? false,
      position: operation === 'timeout' ? '' : userPosition(),
    };
    this.#port.postMessage({ type: 'trace', entry });
  }
}

const textOf = (value: Element | string | undefined): string | undefined =>
  value === undefined ? undefined : String(value);
