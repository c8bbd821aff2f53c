import { defineScenario } from '../../../src/explore/index.ts';

/** A wait with a timeout, and one who notifies: lazily the timeout never fires before the notifier is through. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 0) {
      const began = Date.now();
      const result = Atomics.wait(words, 0, 0, 1_000);
      Atomics.store(words, 2, result === 'timed-out' ? Date.now() - began : 1);
    } else {
      Atomics.load(words, 1);
      Atomics.notify(words, 0);
    }
  },
  check: (buffer) => new Int32Array(buffer)[2],
});
