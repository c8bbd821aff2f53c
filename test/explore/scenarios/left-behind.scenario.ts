import { defineScenario } from '../../../src/explore/index.ts';

/** Ends while a timer and a promise are pending, which must not come to life in a later schedule. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    setTimeout(() => Atomics.add(words, 1, 1), 1);
    void Atomics.waitAsync(words, 2, 0).value;
    Atomics.add(words, 0, 1);
  },
  check: (buffer) => new Int32Array(buffer, 0, 2).join(' '),
});
