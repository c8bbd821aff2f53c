import { defineScenario } from '../../../src/explore/index.ts';
import { lock, unlock } from './futex-mutex.ts';

/** Two threads count in plain memory under a lock, through views of several kinds. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    lock(words, 0);
    words[1] = (words[1] ?? 0) + 1;
    const bytes = new Uint8Array(buffer, 8, 8).subarray(2);
    bytes.fill(index);
    bytes.set([1, 2], 2);
    new DataView(buffer).setFloat64(16, bytes[3] ?? 0);
    unlock(words, 0);
  },
  check(buffer) {
    const count = new Int32Array(buffer)[1];
    if (count !== 2) throw new Error(`2 increments gave ${count}`);
  },
});
