/**
 * Threads are taken for alive until somebody saw them exit: all that can be known where the platform tells nothing.
 */
import { IDENTITY_LIMIT, workerThreadId, type Liveness } from './liveness.ts';

/** Ids of threads take the low 22 bits of an identity, which is enough for Linux; a mark against reuse the others. */
export const THREAD_ID_LIMIT: number = 2 ** 22;
/** Identities from here on were made here, those below by a platform that knows more; threads of one heap have both. */
export const EXIT_KIND: number = IDENTITY_LIMIT / 2;
export const MARK_LIMIT: number = EXIT_KIND / THREAD_ID_LIMIT;

/** Worker ids as they stand in an identity; the greatest possible ones would repeat after four million workers. */
const idOf = (workerId: number) => workerId % THREAD_ID_LIMIT;

/** An identity is the worker's id, which Node never uses again, and a random mark, for the main threads of processes. */
export class ExitLiveness implements Liveness {
  readonly #ended = new Set<number>();

  self(): number {
    const mark = Math.floor(Math.random() * MARK_LIMIT);
    return EXIT_KIND + mark * THREAD_ID_LIMIT + idOf(workerThreadId() ?? 0);
  }

  isAlive(identity: number): boolean {
    return !this.#ended.has(identity % THREAD_ID_LIMIT);
  }

  noteExit(workerId: number): void {
    this.#ended.add(idOf(workerId));
  }
}
