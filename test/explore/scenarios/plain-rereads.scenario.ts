import { defineScenario } from '../../../src/explore/index.ts';

const [DATA, SEEN] = [0, 1];

/** Reads a word plainly, six times in a row; it may change before each. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  racesAllowedAt: (address) => address < 4,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      Atomics.store(words, DATA, 1);
      return;
    }
    let seen = 0;
    for (let read = 0; read < 6; read++) seen += words[DATA] ?? 0;
    Atomics.store(words, SEEN, seen);
  },
  check: (buffer) => new Int32Array(buffer)[SEEN],
});
