/**
 * Where a worker writes down what it finds wrong: its first few violations whole. The rest is counted in the round's
 * control words, which the main thread can read even if the worker never returns.
 */
import type { Violation, ViolationKind } from '../results/violation.ts';
import type { Control } from './control.ts';

const KEPT_PER_WORKER = 10;

export class ViolationLog {
  readonly first: Violation[] = [];
  /** The operation that the worker is at, for whatever is found next. */
  operation = 0;
  readonly #control: Control;
  readonly #thread: number;

  constructor(control: Control, thread: number) {
    this.#control = control;
    this.#thread = thread;
  }

  add(kind: ViolationKind, detail: string, object: number, address: number, size: number): void {
    this.#control.addViolation();
    if (this.first.length >= KEPT_PER_WORKER) return;
    this.first.push({ kind, detail, object, address, size, thread: this.#thread, operation: this.operation });
  }
}
