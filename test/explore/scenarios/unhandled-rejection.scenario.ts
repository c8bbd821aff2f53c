import { defineScenario } from '../../../src/explore/index.ts';

/** A promise that nobody awaits is rejected, in one order of the two threads. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      Atomics.store(words, 0, 1);
      return;
    }
    void (async () => {
      await Promise.resolve();
      if (Atomics.load(words, 0) === 1) throw new Error('too late');
    })();
  },
});
