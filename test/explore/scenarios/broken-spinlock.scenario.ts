import { defineScenario } from '../../../src/explore/index.ts';

const [LOCK, INSIDE] = [0, 1];

/** Tests the lock and sets it in two operations: both threads can come to be inside. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    while (Atomics.load(words, LOCK) !== 0);
    Atomics.store(words, LOCK, 1);
    if (Atomics.add(words, INSIDE, 1) !== 0) throw new Error('two threads hold the lock');
    Atomics.sub(words, INSIDE, 1);
    Atomics.store(words, LOCK, 0);
  },
});
