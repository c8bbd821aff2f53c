import { defineScenario } from '../../../src/explore/index.ts';

/** No thread executes any operation. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    new Int32Array(buffer)[index] = 1;
  },
});
