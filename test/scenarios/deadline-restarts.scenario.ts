import { FIRST_FREE, lockScenario } from './lock-scenario.ts';

const NEVER = FIRST_FREE;
/** Longer than half the patience, so that two in a row are longer than all of it. */
const HOLD_MS = 20;
const PATIENCE_MS = 30;

/** Nobody stands still for as long as the patience lasts, though one waits for longer in all: nobody gives up. */
export default lockScenario({
  threads: 3,
  timeoutMs: PATIENCE_MS,
  thread({ index, inside, words }) {
    const hold = (): void => void Atomics.wait(words, NEVER, 0, HOLD_MS);
    if (index === 2) return inside();
    inside(hold);
    if (index === 0) inside(hold);
    return undefined;
  },
});
