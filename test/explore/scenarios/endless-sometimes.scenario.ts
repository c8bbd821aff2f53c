import { defineScenario } from '../../../src/explore/index.ts';

/** Never ends if the other thread comes first. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) Atomics.store(words, 0, 1);
    else if (Atomics.load(words, 0) === 1) for (;;);
  },
});
