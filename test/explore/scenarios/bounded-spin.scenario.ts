import { defineScenario } from '../../../src/explore/index.ts';

const [READY, SLEPT] = [0, 1];

/** Spins a little and then sleeps, as real locks do: both ways must be explored. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      Atomics.load(words, SLEPT);
      Atomics.store(words, READY, 1);
      Atomics.notify(words, READY);
      return;
    }
    for (let round = 0; round < 50; round++) if (Atomics.load(words, READY) !== 0) return;
    Atomics.store(words, SLEPT, 1);
    Atomics.wait(words, READY, 0);
  },
  check: (buffer) => (new Int32Array(buffer)[SLEPT] === 0 ? 'saw it' : 'slept'),
});
