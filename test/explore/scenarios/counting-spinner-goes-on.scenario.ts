import { defineScenario } from '../../../src/explore/index.ts';

const [READY, ROUNDS, OTHER] = [0, 1, 2];

/** The same, and both threads have more to do afterwards. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      Atomics.store(words, READY, 1);
      for (let round = 0; round < 3; round++) Atomics.add(words, OTHER, 1);
      return;
    }
    let rounds = 0;
    while (Atomics.load(words, READY) === 0) rounds++;
    Atomics.store(words, ROUNDS, rounds);
    for (let round = 0; round < 3; round++) Atomics.add(words, OTHER, rounds);
  },
});
