import { defineScenario } from '../../../src/explore/index.ts';

const [LOCK, DATA, SEEN] = [0, 1, 2];

/** A timeout fires, the lock is given back and data written, and only then does the sleeper go on: it must not look. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  setup(buffer) {
    new Int32Array(buffer)[LOCK] = 1;
  },
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      Atomics.store(words, LOCK, 0);
      Atomics.notify(words, LOCK);
      Atomics.store(words, DATA, 1);
    } else if (Atomics.wait(words, LOCK, 1, 5) === 'timed-out') Atomics.store(words, SEEN, Atomics.load(words, DATA));
  },
  check(buffer) {
    if (new Int32Array(buffer)[SEEN] === 1) throw new Error('timed out, and saw what came after the notify');
  },
});
