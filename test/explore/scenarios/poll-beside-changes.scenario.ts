import { defineScenario } from '../../../src/explore/index.ts';

/** A poll with a fixed number of rounds, begun anew by every change of the word: the number of looks must be explored. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      for (let value = 1; value < 6; value++) Atomics.store(words, 0, value);
      return;
    }
    let sum = 0;
    for (let round = 0; round < 12; round++) sum += Atomics.load(words, 0);
    words[1] = sum;
  },
  check: (buffer) => new Int32Array(buffer)[1],
});
