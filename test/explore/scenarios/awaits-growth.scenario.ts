import { defineScenario } from '../../../src/explore/index.ts';

/** Spins until another thread has grown the buffer. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  maxBytes: 256,
  thread(index, buffer) {
    const words = new Int32Array(buffer, 0, 16);
    if (index === 1) buffer.grow(128);
    else while (buffer.byteLength < 128);
    Atomics.add(words, 0, 1);
  },
});
