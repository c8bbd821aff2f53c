import { defineScenario } from '../../../src/explore/index.ts';
import { increment, lock, unlock } from './futex-mutex.ts';

/** Two threads, each twice inside a futex mutex. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    for (let round = 0; round < 2; round++) {
      lock(words, 0);
      increment(words, 1);
      unlock(words, 0);
    }
  },
  check(buffer, { died }) {
    const count = Atomics.load(new Int32Array(buffer), 1);
    if (died.length === 0 && count !== 4) throw new Error(`4 increments gave ${count}`);
    return count;
  },
});
