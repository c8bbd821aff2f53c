import { FIRST_FREE, lockScenario, TURN, wordOf } from './lock-scenario.ts';

const TAKEN = FIRST_FREE;
const BEFORE = FIRST_FREE + 1;
const ROUNDS = 3;

/** One thread takes the lock again and again. Once another sleeps with TURN, it comes out and goes in no more. */
export default lockScenario({
  threads: 3,
  turnAfterMs: -1,
  endless: true,
  beforeSleep(index, words) {
    if (index !== 1 || Atomics.load(words, TURN) !== wordOf(1) || words[BEFORE] !== 0) return;
    words[BEFORE] = Atomics.load(words, TAKEN) + 1;
  },
  thread({ index, inside, words }) {
    if (index === 0) {
      for (let round = 0; round < ROUNDS; round++) inside(() => Atomics.add(words, TAKEN, 1));
      return undefined;
    }
    if (index === 2) return inside();
    return inside(() => {
      const passed = Atomics.load(words, TAKEN) + 1 - words[BEFORE];
      if (words[BEFORE] !== 0 && passed > 1) throw new Error(`${passed} went in before whoever had TURN`);
    });
  },
});
