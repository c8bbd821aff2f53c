import { defineScenario } from '../../../src/explore/index.ts';

/** An async thread whose bell may ring before it listens. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  async thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 0) await Atomics.waitAsync(words, 0, 0).value;
    else Atomics.notify(words, 0);
  },
});
