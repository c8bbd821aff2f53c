import { defineScenario } from '../../../src/explore/index.ts';
import { increment } from './futex-mutex.ts';

const [LOCK, COUNT] = [0, 1];

/** Two threads, each twice inside a spinlock. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    for (let round = 0; round < 2; round++) {
      while (Atomics.compareExchange(words, LOCK, 0, 1) !== 0);
      increment(words, COUNT);
      Atomics.store(words, LOCK, 0);
    }
  },
  check(buffer, { died }) {
    const count = Atomics.load(new Int32Array(buffer), COUNT);
    if (died.length === 0 && count !== 4) throw new Error(`4 increments gave ${count}`);
    return count;
  },
  nameOf: (address) => ['lock', 'count'][address / 4],
});
