import { defineScenario } from '../../../src/explore/index.ts';

const COUNT = 0;

/** Two threads count in plain memory without a lock. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    words[COUNT] = (words[COUNT] ?? 0) + 1;
  },
  check: (buffer) => new Int32Array(buffer)[COUNT],
  nameOf: (address) => (address === 0 ? 'count' : undefined),
});
