import { defineScenario } from '../../../src/explore/index.ts';

const [LOCK, TRIES] = [0, 1];
const ROUNDS = 6;

/** Tries to take a lock six times; how often it had to, or that it gave up, is the outcome. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  setup: (buffer) => void (new Int32Array(buffer)[LOCK] = 1),
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      Atomics.store(words, LOCK, 0);
      return;
    }
    let tries = 1;
    while (tries <= ROUNDS && Atomics.compareExchange(words, LOCK, 0, 1) !== 0) tries++;
    words[TRIES] = tries;
  },
  check: (buffer) => new Int32Array(buffer)[TRIES],
});
