import { defineScenario } from '../../../src/explore/index.ts';

const [DATA, SEEN] = [0, 1];

/** Reads a word six times in a row, without any loop; it may change before each. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      Atomics.store(words, DATA, 1);
      return;
    }
    const first = Atomics.load(words, DATA);
    const second = Atomics.load(words, DATA);
    const third = Atomics.load(words, DATA);
    const fourth = Atomics.load(words, DATA);
    const fifth = Atomics.load(words, DATA);
    const sixth = Atomics.load(words, DATA);
    words[SEEN] = first + second + third + fourth + fifth + sixth;
  },
  check: (buffer) => new Int32Array(buffer)[SEEN],
});
