import { defineScenario } from '../../../src/explore/index.ts';

/** Two threads that take and release a spinlock twice: for measuring how many schedules run in a second. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    for (let round = 0; round < 2; round++) {
      while (Atomics.compareExchange(words, 0, 0, 1) !== 0);
      Atomics.store(words, 0, 0);
    }
  },
});
