import { defineScenario } from '../../../src/explore/index.ts';

const [READY, DATA] = [0, 1];

/** A plain word is published by an atomic store; the reader polls, or sleeps and is notified. */
export default defineScenario({
  threads: 3,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 0) {
      words[DATA] = 7;
      Atomics.store(words, READY, 1);
      Atomics.notify(words, READY);
      return;
    }
    if (index === 1) while (Atomics.load(words, READY) === 0);
    else Atomics.wait(words, READY, 0);
    if (words[DATA] !== 7) throw new Error('published data not seen');
  },
});
