import { defineScenario } from '../../../src/explore/index.ts';
import { lock } from './futex-mutex.ts';

/** A mutex whose release forgets to notify; the first thread holds it from the start. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  setup: (buffer) => lock(new Int32Array(buffer), 0),
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) lock(words, 0);
    Atomics.store(words, 0, 0);
  },
});
