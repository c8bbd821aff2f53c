/**
 * @thi.ng/malloc made thread-safe from outside: every call under a mutex of three states, after Drepper, "Futexes are
 * tricky" (2011): what a program would do that needs its lists in two threads.
 */
import { type Contender } from './contender.ts';
import { attachPool, createPoolBuffer } from './thi-ng.ts';

const FREE = 0;
const HELD = 1;
const CONTENDED = 2;

/** The pool's memory and the word of its mutex. */
interface LockedPool {
  readonly buffer: SharedArrayBuffer;
  readonly mutex: Int32Array;
}

export const thiNgLocked: Contender<number, LockedPool> = {
  name: '@thi.ng/malloc under a lock',
  share: () => ({
    buffer: createPoolBuffer(),
    mutex: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
  }),
  attach({ buffer, mutex }) {
    const pool = attachPool(buffer);
    return {
      allocate(size) {
        lock(mutex);
        try {
          return pool.allocate(size);
        } finally {
          unlock(mutex);
        }
      },
      deallocate(address) {
        lock(mutex);
        try {
          pool.deallocate(address);
        } finally {
          unlock(mutex);
        }
      },
    };
  },
};

function lock(mutex: Int32Array): void {
  if (Atomics.compareExchange(mutex, 0, FREE, HELD) === FREE) return;
  while (Atomics.exchange(mutex, 0, CONTENDED) !== FREE) Atomics.wait(mutex, 0, CONTENDED);
}

function unlock(mutex: Int32Array): void {
  if (Atomics.exchange(mutex, 0, FREE) === CONTENDED) Atomics.notify(mutex, 0, 1);
}
