/** A plain counter in a buffer of `setup`: a race, in that buffer. */
import { defineScenario } from '../../../src/explore/index.ts';

export default defineScenario({
  threads: 2,
  setup: () => ({ counter: new Int32Array(new SharedArrayBuffer(16)) }),
  thread(_index, _buffer, { counter }) {
    counter[2]++;
  },
});
