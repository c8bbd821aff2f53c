/**
 * A user's liveness as the heap calls it: while it runs, calls of the heap are refused.
 */
import type { Liveness } from '../sync/liveness.ts';
import type { UserCode } from '../sync/user-code.ts';

export class GuardedLiveness implements Liveness {
  readonly #liveness: Liveness;
  readonly #userCode: UserCode;

  constructor(liveness: Liveness, userCode: UserCode) {
    this.#liveness = liveness;
    this.#userCode = userCode;
  }

  self(): number {
    const before = this.#userCode.enter('liveness.self');
    try {
      return this.#liveness.self();
    } finally {
      this.#userCode.running = before;
    }
  }

  isAlive(identity: number): boolean {
    const before = this.#userCode.enter('liveness.isAlive');
    try {
      return this.#liveness.isAlive(identity);
    } finally {
      this.#userCode.running = before;
    }
  }

  noteExit(workerId: number): void {
    const before = this.#userCode.enter('liveness.noteExit');
    try {
      this.#liveness.noteExit?.(workerId);
    } finally {
      this.#userCode.running = before;
    }
  }
}
