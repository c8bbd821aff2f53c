import { defineScenario } from '../../../src/explore/index.ts';

const [READY, LATE] = [0, 1];

/** Spins until another is ready or five milliseconds have passed, and reads the clock in each round. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      Atomics.wait(words, LATE, 0);
      Atomics.store(words, READY, 1);
      return;
    }
    const deadline = performance.now() + 5;
    while (Atomics.load(words, READY) === 0 && performance.now() < deadline);
    Atomics.store(words, LATE, 1);
    Atomics.notify(words, LATE);
  },
});
