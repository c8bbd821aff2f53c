import { defineScenario } from '../../../src/explore/index.ts';

/** Writes down what time and chance say: the same in every schedule. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Float64Array(buffer);
    const began = performance.now();
    words[4 * index] = Math.random();
    words[4 * index + 1] = Date.now();
    words[4 * index + 2] = performance.now() - began;
    words[4 * index + 3] = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
    Atomics.add(new Int32Array(buffer, 0, 0 + 16), 15, 0);
  },
  check: (buffer) => new Float64Array(buffer, 0, 7).join(' '),
});
