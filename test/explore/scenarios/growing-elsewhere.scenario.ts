/** A growable buffer made by `setup` is small again in every schedule, and its views grow with it. */
import { defineScenario } from '../../../src/explore/index.ts';

export default defineScenario({
  threads: 2,
  setup() {
    const bytes = new Uint8Array(new SharedArrayBuffer(8, { maxByteLength: 64 }));
    bytes[0] = 7;
    return { bytes };
  },
  thread(index, _buffer, { bytes }) {
    if (bytes[0] !== 7) throw new Error('not the bytes that setup left');
    const before = bytes.buffer.byteLength;
    if (index === 0) bytes.buffer.grow(32);
    Atomics.store(bytes, before - 1, 1);
    return before;
  },
  check: (_buffer, { results }, { bytes }) => `${results.join('→')} of ${bytes.length}`,
});
