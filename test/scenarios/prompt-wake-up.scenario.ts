import { heapScenario } from './heap-scenario.ts';

/** Less than a waiting slice, more than all readings of the virtual clock together. */
const PATIENCE_MS = 5;

/** Three threads want the lock, and none of them sleeps a slice out: whoever sleeps is woken by a release. */
export default heapScenario({
  threads: 3,
  blockSize: 64,
  options: { slabs: false },
  thread({ take, note }) {
    const start = performance.now();
    take(0, 16);
    note(performance.now() - start > PATIENCE_MS ? 1 : 0);
  },
  check(_heap, died, notes) {
    if (died.length === 0 && notes.includes(1)) throw new Error('a sleeper was forgotten and woke up by itself');
  },
});
