import { defineScenario } from '../../../src/explore/index.ts';

const [LOCK, LEFT, RIGHT, DEAD, REPAIRS] = [0, 1, 2, 3, 4];

/** Seizes the lock of the dead and repairs what they left half done; the repair may be cut short as well. */
function acquire(words: Int32Array, me: number): void {
  for (;;) {
    const owner = Atomics.compareExchange(words, LOCK, 0, me);
    if (owner === 0) return;
    const isDead = (Atomics.load(words, DEAD) & (1 << owner)) !== 0;
    if (isDead && Atomics.compareExchange(words, LOCK, owner, me) === owner) {
      Atomics.store(words, RIGHT, Atomics.load(words, LEFT));
      Atomics.add(words, REPAIRS, 1);
      return;
    }
  }
}

export default defineScenario({
  threads: 3,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    acquire(words, index + 1);
    if (Atomics.load(words, LEFT) !== Atomics.load(words, RIGHT)) throw new Error('half done');
    Atomics.store(words, LEFT, index + 1);
    Atomics.store(words, RIGHT, index + 1);
    Atomics.store(words, LOCK, 0);
  },
  onDeath: (index, buffer) => void Atomics.or(new Int32Array(buffer), DEAD, 1 << (index + 1)),
  check(buffer, { died }) {
    const words = new Int32Array(buffer);
    if (died.length === 0 && words[REPAIRS] !== 0) throw new Error('repaired what was whole');
    return `${died.length} died, ${words[REPAIRS]} repairs`;
  },
});
