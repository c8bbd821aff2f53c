import { defineScenario } from '../../../src/explore/index.ts';

/** Two threads with 100 operations each on one word: 19,802 schedules with at most two preemptions. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    for (let round = 0; round < 100; round++) Atomics.add(words, 0, 1);
  },
  check(buffer) {
    const sum = Atomics.load(new Int32Array(buffer), 0);
    if (sum !== 200) throw new Error(`200 additions gave ${sum}`);
  },
});
