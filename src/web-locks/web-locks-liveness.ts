/**
 * Who is alive in a browser, where no thread is told of another's end. Each thread holds a Web Lock for its life, named
 * after its identity; the browser gives it back when the thread is gone, however it went. Nobody can ask for locks
 * without an event loop, so `isAlive` knows nothing: a `DeathWatch` writes deaths into the thread slots.
 *
 * The lock is asked for at the first attachment, and granted once the thread has returned to its event loop. A thread
 * that ends before leaves no trace by which its death can be told from one that has not come so far.
 */
import { AllocatorError } from '../allocator-error.ts';
import { IDENTITY_LIMIT, type Liveness } from '../sync/liveness.ts';

/** The part of `navigator.locks` that is used here. */
export interface WebLocks {
  request<Result>(
    name: string,
    options: { readonly mode?: 'exclusive' | 'shared'; readonly ifAvailable?: boolean; readonly signal?: AbortSignal },
    callback: (lock: object | null) => Result | Promise<Result>,
  ): Promise<Result>;
}

/** Name of the lock that the thread with this identity holds. */
export const lockNameOf = (identity: number): string => `threadheap thread ${identity}`;

/** The calling thread, and its lock. */
export class WebLocksLiveness implements Liveness {
  readonly locks: WebLocks;
  /** Settled when the thread has its lock. */
  readonly held: Promise<void>;
  readonly #identity: number = randomIdentity();

  constructor(locks: WebLocks) {
    this.locks = locks;
    this.held = new Promise((resolve, reject) => {
      const hold = (): Promise<never> => {
        resolve();
        return new Promise(() => undefined);
      };
      locks.request(lockNameOf(this.#identity), {}, hold).catch((error: unknown) => reject(refusal(error)));
    });
    this.held.catch(() => undefined); // who waits for it is told; others are as without locks
  }

  self(): number {
    return this.#identity;
  }

  isAlive(): boolean {
    return true;
  }
}

/** The lock that this thread holds, for all heaps that it is attached to. */
let ownLiveness: WebLocksLiveness | undefined;

/** The liveness of a browser, or `undefined` where there are no Web Locks or where `node:` modules know more. */
export function webLocksLiveness(): WebLocksLiveness | undefined {
  const locks = globalThis.navigator?.locks as WebLocks | undefined;
  if (locks === undefined || globalThis.process?.getBuiltinModule !== undefined) return undefined;
  return (ownLiveness ??= new WebLocksLiveness(locks));
}

function randomIdentity(): number {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return (high % (IDENTITY_LIMIT / 2 ** 32)) * 2 ** 32 + low || 1;
}

function refusal(error: unknown): AllocatorError {
  return new AllocatorError('UNSUPPORTED', `this page may not use Web Locks: ${String(error)}`);
}
