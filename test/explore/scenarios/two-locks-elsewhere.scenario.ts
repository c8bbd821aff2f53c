/** Two locks in buffers of their own, taken in opposite order: AB/BA, reported under the names of the buffers. */
import { defineScenario } from '../../../src/explore/index.ts';

function lock(word: Int32Array): void {
  while (Atomics.compareExchange(word, 0, 0, 1) !== 0) Atomics.wait(word, 0, 1);
}

function unlock(word: Int32Array): void {
  Atomics.store(word, 0, 0);
  Atomics.notify(word, 0, 1);
}

export default defineScenario({
  threads: 2,
  bytes: 8,
  setup: () => ({ left: new Int32Array(new SharedArrayBuffer(4)), right: new Int32Array(new SharedArrayBuffer(4)) }),
  thread(index, _buffer, { left, right }) {
    const [first, second] = index === 0 ? [left, right] : [right, left];
    lock(first);
    lock(second);
    unlock(second);
    unlock(first);
  },
});
