import { defineScenario } from '../../../src/explore/index.ts';

const [FIRST, SECOND] = [0, 1];

const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Threads that start a timer before any operation: one that dies then has no operation before which it could. */
export default defineScenario({
  threads: 3,
  bytes: 64,
  async thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 2) return;
    await delay(index === 0 ? 4 : 15);
    Atomics.notify(words, index === 0 ? FIRST : SECOND);
    if (index === 1) Atomics.add(words, FIRST, 1);
  },
  check: (buffer, { died }) => `${new Int32Array(buffer)[FIRST]}, died: ${died.join(' ')}`,
});
