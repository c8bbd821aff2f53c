import { lockScenario } from './lock-scenario.ts';

/** Three threads that reserve TURN at their first sleep, and sleep without end: each is woken, and gets the lock. */
export default lockScenario({
  threads: 3,
  turnAfterMs: -1,
  endless: true,
  thread({ index, inside }) {
    inside();
    if (index === 0) inside();
  },
});
