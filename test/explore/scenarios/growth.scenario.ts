import { defineScenario } from '../../../src/explore/index.ts';

/** Both threads double the buffer if it is still small; the order is seen through `byteLength`. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  maxBytes: 256,
  thread(index, buffer) {
    const words = new Int32Array(buffer, 0, 16);
    if (buffer.byteLength < 128) buffer.grow(buffer.byteLength * 2);
    Atomics.store(words, index, buffer.byteLength);
  },
  check: (buffer) => `${new Int32Array(buffer, 0, 2).join(' ')} ${buffer.byteLength}`,
});
