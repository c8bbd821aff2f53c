import { heapScenario } from './heap-scenario.ts';

/** The owner of full slabs allocates on, which makes it collect, while another thread frees one of their slots. */
export default heapScenario({
  threads: 2,
  blockSize: 3072,
  options: { slabs: true },
  thread({ index, take, freeOf, handOver, awaitHandOver }) {
    if (index === 1) {
      awaitHandOver();
      freeOf(0, 0);
      return;
    }
    take(0, 1024);
    take(1, 1024);
    handOver();
    take(2, 1024);
    take(3, 1024);
  },
});
