import { defineScenario } from '../../../src/explore/index.ts';

const [ASYNC, SYNC, WOKEN] = [0, 1, 2];

/** A promise of `waitAsync` whose deadline passes while its thread blocks: it is still there for a notify. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  async thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 0) {
      const promise = Atomics.waitAsync(words, ASYNC, 0, 5).value;
      Atomics.wait(words, SYNC, 0, 50);
      await promise;
      return;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    Atomics.store(words, WOKEN, Atomics.notify(words, ASYNC));
  },
  check: (buffer) => new Int32Array(buffer)[WOKEN],
});
