import { defineScenario } from '../../../src/explore/index.ts';

/** A callback throws, in one order of the two threads. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  async thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      Atomics.store(words, 0, 1);
      return;
    }
    Atomics.load(words, 0);
    const seen = Atomics.load(words, 0);
    await new Promise((resolve) => {
      setTimeout(() => {
        if (seen === 0) throw new Error('too early');
        resolve(undefined);
      }, 10);
    });
  },
});
