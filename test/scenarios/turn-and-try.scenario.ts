import { lockScenario } from './lock-scenario.ts';

/** Threads that only try take a free lock whoever has TURN, and leave nobody asleep. */
export default lockScenario({
  threads: 3,
  turnAfterMs: -1,
  endless: true,
  thread({ index, inside, lock }) {
    if (index !== 2) return inside();
    if (lock.tryAcquire() && !lock.release()) throw new Error('the lock was not ours to give back');
    return undefined;
  },
});
