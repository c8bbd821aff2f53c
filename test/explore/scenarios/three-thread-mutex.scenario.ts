import { defineScenario } from '../../../src/explore/index.ts';
import { increment, lock, unlock } from './futex-mutex.ts';

/** Three threads, each once inside a futex mutex. */
export default defineScenario({
  threads: 3,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    lock(words, 0);
    increment(words, 1);
    unlock(words, 0);
  },
  check(buffer) {
    const count = Atomics.load(new Int32Array(buffer), 1);
    if (count !== 3) throw new Error(`3 increments gave ${count}`);
  },
});
