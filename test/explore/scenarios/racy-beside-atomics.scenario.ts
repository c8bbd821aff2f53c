import { defineScenario } from '../../../src/explore/index.ts';

/** Counts plainly, beside an atomic counter that comes too late to order anything. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    words[1] = (words[1] ?? 0) + 1;
    Atomics.load(words, 0);
  },
});
