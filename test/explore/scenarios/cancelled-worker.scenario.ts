import { defineScenario } from '../../../src/explore/index.ts';

const [CANCEL, CHUNKS] = [0, 1];

/** Works through eight chunks and looks before each whether it was cancelled: it may be after any of them. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      Atomics.store(words, CANCEL, 1);
      return;
    }
    let chunks = 0;
    while (chunks < 8 && Atomics.load(words, CANCEL) === 0) chunks++;
    words[CHUNKS] = chunks;
  },
  check: (buffer) => new Int32Array(buffer)[CHUNKS],
});
