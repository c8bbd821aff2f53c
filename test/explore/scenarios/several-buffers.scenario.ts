/** A lock in one buffer, a counter in another, both made by `setup`; what the threads return is what they saw. */
import { defineScenario } from '../../../src/explore/index.ts';

export default defineScenario({
  threads: 2,
  setup() {
    const words = new Int32Array(new SharedArrayBuffer(8));
    words[1] = 40;
    return { lock: new SharedArrayBuffer(4), nested: [{ words }], label: 'made by setup' };
  },
  thread(index, buffer, shared) {
    if (buffer.byteLength !== 0) throw new Error('the scenario asks for no buffer of its own');
    const lock = new Int32Array(shared.lock);
    const { words } = shared.nested[0];
    shared.label += `, seen by ${index}`;
    while (Atomics.compareExchange(lock, 0, 0, 1) !== 0);
    Atomics.store(words, 1, Atomics.load(words, 1) + 1);
    Atomics.store(lock, 0, 0);
    return { index, label: shared.label, words };
  },
  check(_buffer, { results }, { nested, label }) {
    const { words } = nested[0];
    if (words[1] !== 42 || label !== 'made by setup') throw new Error(`the counter is ${words[1]}, the label ${label}`);
    for (const result of results) if (result.words.buffer !== words.buffer) throw new Error('another buffer');
    return results.map((result) => result.label).join(' | ');
  },
});
