import { defineScenario } from '../../../src/explore/index.ts';

const [LOCK, LEFT, RIGHT] = [0, 1, 2];

/** Two plain words that must stay equal are written under a lock; a death may come between them. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    if (Atomics.compareExchange(words, LOCK, 0, 1) !== 0) return;
    try {
      words[LEFT] = 1;
      words[RIGHT] = 1;
      Atomics.store(words, LOCK, 0);
    } finally {
      // A killed thread never gets here: what is written now must not be seen after a death.
      words[RIGHT] = words[LEFT] ?? 0;
    }
  },
  check(buffer) {
    const [, left, right] = new Int32Array(buffer);
    return `${left}${right}`;
  },
  racesAllowedAt: () => true,
});
