import { defineScenario } from '../../../src/explore/index.ts';

const [ASYNC, SYNC, SEEN] = [0, 1, 2];

/** Sleeps on one word while a promise of `waitAsync` for another is outstanding; each must end by its own notify. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  async thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      Atomics.notify(words, ASYNC);
      Atomics.store(words, SYNC, 1);
      Atomics.notify(words, SYNC);
      return;
    }
    const promise = Atomics.waitAsync(words, ASYNC, 0, 10).value;
    Atomics.wait(words, SYNC, 0);
    if (Atomics.load(words, SYNC) !== 1) throw new Error('woken by the notify of another word');
    Atomics.store(words, SEEN, (await promise) === 'ok' ? 1 : 2);
  },
  check: (buffer) => new Int32Array(buffer)[SEEN],
});
