import { lockScenario } from './lock-scenario.ts';

const SLICE_MS = 10;
/** A wake-up that died with a thread, a dead owner and a dead holder of TURN cost a slice each; readings, nothing. */
const PATIENCE_MS = 3.5 * SLICE_MS;
const ROUNDS = 3;

/** Three threads that reserve TURN at their first sleep: whoever of them dies, the others wait for three slices in all. */
export default lockScenario({
  threads: 3,
  turnAfterMs: -1,
  thread({ inside }) {
    const start = performance.now();
    for (let round = 0; round < ROUNDS; round++) inside();
    const waited = performance.now() - start;
    if (waited > PATIENCE_MS) throw new Error(`the lock was waited for for ${waited} ms`);
  },
});
