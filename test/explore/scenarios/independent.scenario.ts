import { defineScenario } from '../../../src/explore/index.ts';

/** Each thread works on words of its own, and once on a word that they share. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    for (let round = 0; round < 4; round++) Atomics.add(words, 1 + index, 1);
    Atomics.store(words, 3 + index, Atomics.add(words, 0, 1));
  },
  check: (buffer) => new Int32Array(buffer, 0, 5).join(' '),
});
