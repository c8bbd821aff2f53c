import { heapScenario } from './heap-scenario.ts';

/** A thread needs memory and adopts a slab whose owner has left, while another frees the slab's last live slot. */
export default heapScenario({
  threads: 2,
  blockSize: 1024,
  options: { slabs: true },
  setup(heap, hold) {
    hold(0, 0, heap.allocate(512));
  },
  thread({ index, take, free, freeOf }) {
    if (index === 1) {
      freeOf(0, 0);
      return;
    }
    take(1, 512);
    free(1);
    take(2, 512);
  },
});
