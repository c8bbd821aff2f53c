import { defineScenario } from '../../../src/explore/index.ts';

const [READY, SLEPT] = [0, 1];

/** Looks more often than the explorer's patience lasts, and then sleeps. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      Atomics.wait(words, SLEPT, 0);
      Atomics.store(words, READY, 1);
      Atomics.notify(words, READY);
      return;
    }
    for (let round = 0; round < 5_000; round++) if (Atomics.load(words, READY) !== 0) return;
    Atomics.store(words, SLEPT, 1);
    Atomics.notify(words, SLEPT);
    Atomics.wait(words, READY, 0);
  },
});
