import { heapScenario } from './heap-scenario.ts';

/** A thread has a slab while another leaves, which makes a third look for slabs without owner: it takes no other. */
export default heapScenario({
  threads: 3,
  blockSize: 2048,
  options: { slabs: true },
  thread({ index, take }) {
    if (index === 0) {
      take(0, 256);
      take(1, 256);
    }
    if (index === 2) take(0, 256);
  },
});
