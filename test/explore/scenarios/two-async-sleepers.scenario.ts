import { defineScenario } from '../../../src/explore/index.ts';

const [FIRST, SECOND, ORDER] = [0, 1, 2];

/** Two promises of one thread, settled in the order in which they were notified, and a wait in between. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  async thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      while (Atomics.notify(words, SECOND) === 0);
      while (Atomics.notify(words, FIRST) === 0);
      return;
    }
    const order: number[] = [];
    const sleeper = async (word: number): Promise<void> => {
      await Atomics.waitAsync(words, word, 0).value;
      order.push(word);
    };
    await Promise.all([sleeper(FIRST), sleeper(SECOND)]);
    Atomics.wait(words, FIRST, 0, 5);
    words[ORDER] = order[0] ?? -1;
  },
  check: (buffer) => new Int32Array(buffer)[ORDER],
});
