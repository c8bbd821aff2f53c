import { defineScenario } from '../../../src/explore/index.ts';

/** Never ends, and does nothing that the explorer could see. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index) {
    if (index === 0) for (;;);
  },
});
