import { setTimeout as sleep } from 'node:timers/promises';
import { defineScenario } from '../../../src/explore/index.ts';

const [STEPS, TIME] = [0, 8];

/** Writes down in which order timers fire, what they are given, and what time it is then. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  async thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      await sleep(15);
      Atomics.store(words, Atomics.add(words, STEPS, 1) + 1, 9);
      return;
    }
    const note = (value: number): void => void Atomics.store(words, Atomics.add(words, STEPS, 1) + 1, value);
    const began = Date.now();
    setTimeout(note, 30, 3);
    const cancelled = setTimeout(note, 5, 4);
    const interval = setInterval(note, 10, 1);
    clearTimeout(cancelled);
    setImmediate(note, 7);
    await sleep(25);
    clearInterval(interval);
    note(2);
    await sleep(10);
    Atomics.store(words, TIME, new Date().getTime() - began);
  },
  check: (buffer) => new Int32Array(buffer, 4, 8).join(' '),
});
