import { defineScenario } from '../../../src/explore/index.ts';

/** Adds to a counter in two operations, whose index is a string: updates can be lost. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer, 0, 1);
    // oxlint-disable-next-line typescript/no-for-in-array -- the keys of a typed array are strings
    for (const key in words) Atomics.store(words, key as never, Atomics.load(words, key as never) + 1);
  },
  check: (buffer) => new Int32Array(buffer)[0],
});
