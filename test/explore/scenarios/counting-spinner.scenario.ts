import { defineScenario } from '../../../src/explore/index.ts';

const [READY, ROUNDS] = [0, 1];

/** Spins until another is ready and tells how often it looked: there is no end to what that may be. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      Atomics.store(words, READY, 1);
      return;
    }
    let rounds = 0;
    while (Atomics.load(words, READY) === 0) rounds++;
    Atomics.store(words, ROUNDS, rounds);
  },
  check: (buffer) => Math.min(Atomics.load(new Int32Array(buffer), ROUNDS), 3),
});
