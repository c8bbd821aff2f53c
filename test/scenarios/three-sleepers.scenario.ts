import { heapScenario } from './heap-scenario.ts';

/** Three threads want the lock once each: with two asleep, each unlock must wake one, and nobody may be forgotten. */
export default heapScenario({
  threads: 3,
  blockSize: 64,
  options: { slabs: false },
  thread({ take }) {
    take(0, 16);
  },
});
