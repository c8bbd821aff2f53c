import { defineScenario } from '../../../src/explore/index.ts';

/** The second thread never ends, and never comes to an operation, if it is the first to run. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 0) Atomics.store(words, 0, 1);
    else if (words[0] === 0) for (;;);
  },
});
