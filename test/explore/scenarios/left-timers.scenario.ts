import { defineScenario } from '../../../src/explore/index.ts';

/** Ends at once, with work for later that no promise shows. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    setTimeout(() => Atomics.add(words, 1, 1), 1);
    setImmediate(() => Atomics.add(words, 1, 1));
    Atomics.add(words, 0, 1);
  },
  check: (buffer) => new Int32Array(buffer, 0, 2).join(' '),
});
