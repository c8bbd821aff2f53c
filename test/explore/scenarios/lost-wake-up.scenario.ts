import { defineScenario } from '../../../src/explore/index.ts';

const BELL = 0;

/** The bell leaves no trace in memory: whoever comes after it rang sleeps for ever. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 0) Atomics.wait(words, BELL, 0);
    else Atomics.notify(words, BELL);
  },
});
