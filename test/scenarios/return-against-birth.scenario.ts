import { heapScenario } from './heap-scenario.ts';

/** A thread empties slabs, which it gives back, while another takes memory for one of its own. */
export default heapScenario({
  threads: 2,
  blockSize: 4096,
  options: { slabs: true },
  thread({ index, take, free }) {
    if (index === 1) {
      take(0, 2048);
      return;
    }
    take(0, 1024);
    take(1, 1024);
    free(0);
    free(1);
  },
});
