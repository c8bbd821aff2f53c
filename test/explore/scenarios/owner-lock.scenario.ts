import { defineScenario } from '../../../src/explore/index.ts';

const [LOCK, COUNT, DEAD] = [0, 1, 2];

/** A lock whose word names its owner, so that the lock of a dead thread can be seized. */
function acquire(words: Int32Array, me: number): void {
  for (;;) {
    const owner = Atomics.compareExchange(words, LOCK, 0, me);
    if (owner === 0) return;
    const isDead = (Atomics.load(words, DEAD) & (1 << owner)) !== 0;
    if (isDead && Atomics.compareExchange(words, LOCK, owner, me) === owner) return;
  }
}

/** Two threads, each twice inside; whoever dies is reported in a word of the buffer. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    for (let round = 0; round < 2; round++) {
      acquire(words, index + 1);
      Atomics.store(words, COUNT, Atomics.load(words, COUNT) + 1);
      Atomics.store(words, LOCK, 0);
    }
  },
  onDeath(index, buffer) {
    Atomics.or(new Int32Array(buffer), DEAD, 1 << (index + 1));
  },
});
