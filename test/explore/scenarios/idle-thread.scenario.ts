import { defineScenario } from '../../../src/explore/index.ts';

/** The second thread does nothing that the explorer could control. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    if (index === 0) Atomics.store(new Int32Array(buffer), 0, 1);
  },
});
