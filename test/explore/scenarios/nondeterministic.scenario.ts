import { randomInt } from 'node:crypto';
import { defineScenario } from '../../../src/explore/index.ts';

/** Decides by a random number of the operating system, which the explorer does not control. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    Atomics.store(words, 0, randomInt(1_000_003));
    Atomics.store(words, 1, 1);
  },
  check() {
    throw new Error('always');
  },
});
