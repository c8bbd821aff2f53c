import { defineScenario } from '../../../src/explore/index.ts';

/** Decides by the processor's clock, which the explorer does not control. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    Atomics.store(words, 0, Number(process.hrtime.bigint() % 1_000_003n));
    Atomics.store(words, 1, 1);
  },
  check() {
    throw new Error('always');
  },
});
