/** Text in shared memory: written by `encodeInto` and read by a `Buffer`, ordered by a flag, or not: `?racy`. */
import { defineScenario } from '../../../src/explore/index.ts';

const isRacy = import.meta.url.includes('?racy');

export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const flag = new Int32Array(buffer, 0, 1);
    const bytes = new Uint8Array(buffer, 16, 48);
    if (index === 0) {
      new TextEncoder().encodeInto('größe', bytes);
      Buffer.from(buffer, 32, 8).writeInt32LE(-7, 4);
      Atomics.store(flag, 0, 1);
      return '';
    }
    if (Atomics.load(flag, 0) === 0 && !isRacy) return 'early';
    const numbers = Buffer.from(buffer, 32, 8).subarray(4);
    const text = Buffer.from(buffer, 16, 16).toString('utf8', 0, 7);
    const again = new TextDecoder().decode(bytes.slice(0, 7));
    return `${text} ${again} ${numbers.readInt32LE(0)}`;
  },
  check: (_buffer, { results }) => results[1],
});
