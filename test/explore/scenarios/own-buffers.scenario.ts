/** Buffers that nobody shares: a module's, to sleep on, and one that a thread makes. Both are virtual, and new each time. */
import { defineScenario } from '../../../src/explore/index.ts';

const pause = new Int32Array(new SharedArrayBuffer(4));

export default defineScenario({
  threads: 2,
  bytes: 8,
  thread(index, buffer) {
    const slept = Atomics.wait(pause, 0, 0, 86_400_000);
    const mine = new Int32Array(new SharedArrayBuffer(16));
    Atomics.add(mine, index, 1);
    Atomics.add(new Int32Array(buffer), 0, Atomics.load(mine, index));
    return slept;
  },
  check: (buffer, { results }) => `${new Int32Array(buffer)[0]}: ${results.join(', ')}`,
});
