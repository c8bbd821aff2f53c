import { defineScenario } from '../../../src/explore/index.ts';

const [COUNT, RUN] = [0, 1];

export default defineScenario({
  threads: 2,
  bytes: 64,
  begin(buffer, run) {
    const words = new Int32Array(buffer);
    if (Atomics.load(words, COUNT) !== 0) throw new Error('the bytes are those of the schedule before');
    words[RUN] = run;
    if (Atomics.wait(words, COUNT, 0, 60_000) !== 'timed-out') throw new Error('a hook was woken');
  },
  thread: (_index, buffer) => void Atomics.add(new Int32Array(buffer), COUNT, 1),
  check: (buffer) => new Int32Array(buffer)[RUN],
});
