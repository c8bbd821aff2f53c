import { defineScenario } from '../../../src/explore/index.ts';

const [READY, SUM] = [0, 1];

/** Two async threads sleep in `waitAsync` until a third has stored what they wait for. */
export default defineScenario({
  threads: 3,
  bytes: 64,
  async thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 2) {
      Atomics.store(words, READY, 5);
      Atomics.notify(words, READY);
      return;
    }
    while (Atomics.load(words, READY) === 0) await Atomics.waitAsync(words, READY, 0).value;
    Atomics.add(words, SUM, Atomics.load(words, READY));
  },
  check(buffer) {
    const sum = new Int32Array(buffer)[SUM];
    if (sum !== 10) throw new Error(`the sum is ${sum}`);
  },
});
