import { defineScenario } from '../../../src/explore/index.ts';
import { lock, unlock } from './futex-mutex.ts';

/** Takes two mutexes, each thread in another order. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    lock(words, index);
    lock(words, 1 - index);
    unlock(words, 1 - index);
    unlock(words, index);
  },
});
