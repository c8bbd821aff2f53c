import { defineScenario } from '../../../src/explore/index.ts';

/** The same, and says that it is meant. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    words[1] = (words[1] ?? 0) + 1;
    Atomics.load(words, 0);
  },
  racesAllowedAt: (address) => address === 4,
});
