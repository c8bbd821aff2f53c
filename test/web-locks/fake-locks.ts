/**
 * Web Locks as the standard has them, for threads that only a test believes in: requests for one name are granted in
 * order, shared ones together; a thread that ends gives back what it holds, and what it asked for is forgotten.
 */
import type { WebLocks } from '../../src/web-locks/web-locks-liveness.ts';

interface Request {
  readonly thread: string;
  readonly mode: 'exclusive' | 'shared';
  readonly grant: () => void;
}

export class FakeLocks {
  readonly #held = new Map<string, Request[]>();
  readonly #queues = new Map<string, Request[]>();
  /** Set, every request is refused. */
  refusal: Error | undefined;

  /** `navigator.locks` of one thread. */
  of(thread: string): WebLocks {
    return {
      request: async (name, { mode = 'exclusive', ifAvailable = false, signal }, callback) => {
        await Promise.resolve();
        if (this.refusal !== undefined) throw this.refusal;
        if (ifAvailable && !this.#isGrantable(name, mode)) return callback(null);
        const request = await this.#granted(thread, name, mode, signal);
        try {
          return await callback({});
        } finally {
          this.#giveBack(name, request);
        }
      },
    };
  }

  #granted(thread: string, name: string, mode: Request['mode'], signal: AbortSignal | undefined): Promise<Request> {
    return new Promise((resolve, reject) => {
      const request: Request = { thread, mode, grant: () => resolve(request) };
      signal?.addEventListener('abort', () => {
        remove(this.#queues, name, request);
        reject(new DOMException('aborted', 'AbortError'));
      });
      append(this.#queues, name, request);
      this.#serve(name);
    });
  }

  #isGrantable(name: string, mode: Request['mode']): boolean {
    const held = this.#held.get(name) ?? [];
    const isCompatible = held.length === 0 || (mode === 'shared' && held.every((other) => other.mode === 'shared'));
    return isCompatible && (this.#queues.get(name) ?? []).length === 0;
  }

  #serve(name: string): void {
    const queue = this.#queues.get(name) ?? [];
    while (queue.length > 0) {
      const held = this.#held.get(name) ?? [];
      const isShared = queue[0].mode === 'shared' && held.every(({ mode }) => mode === 'shared');
      if (held.length > 0 && !isShared) return;
      const request = queue.shift()!;
      append(this.#held, name, request);
      request.grant();
    }
  }

  #giveBack(name: string, request: Request): void {
    remove(this.#held, name, request);
    this.#serve(name);
  }

  /** The thread is gone. */
  end(thread: string): void {
    for (const requests of [this.#queues, this.#held]) {
      for (const [name, list] of requests)
        requests.set(
          name,
          list.filter((request) => request.thread !== thread),
        );
    }
    for (const name of this.#queues.keys()) this.#serve(name);
  }
}

function append(lists: Map<string, Request[]>, name: string, request: Request): void {
  const list = lists.get(name) ?? [];
  list.push(request);
  lists.set(name, list);
}

function remove(lists: Map<string, Request[]>, name: string, request: Request): void {
  const list = lists.get(name) ?? [];
  const index = list.indexOf(request);
  if (index >= 0) list.splice(index, 1);
}
