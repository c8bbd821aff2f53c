import { defineScenario } from '../../../src/explore/index.ts';

/** Counts without a lock, and says that this is meant. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    words[0] = (words[0] ?? 0) + 1;
  },
  check: (buffer) => new Int32Array(buffer)[0],
  racesAllowedAt: (address) => address < 4,
});
