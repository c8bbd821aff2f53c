import { lockScenario } from './lock-scenario.ts';

const SLICE_MS = 10;
/** A dead owner costs a slice, a dead holder of TURN another, and readings of the clock next to nothing. */
const PATIENCE_MS = 2.5 * SLICE_MS;

/** Three threads that reserve TURN at their first sleep: whoever of them dies, the others wait for two slices in all. */
export default lockScenario({
  threads: 3,
  turnAfterMs: -1,
  thread({ inside }) {
    const start = performance.now();
    inside();
    inside();
    const waited = performance.now() - start;
    if (waited > PATIENCE_MS) throw new Error(`the lock was waited for for ${waited} ms`);
  },
});
