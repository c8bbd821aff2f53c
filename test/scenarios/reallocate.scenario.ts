import { heapScenario } from './heap-scenario.ts';

/** A block grows into the free memory behind it while another thread takes a piece of the heap, then shrinks again. */
export default heapScenario({
  threads: 2,
  blockSize: 96,
  options: { slabs: false },
  setup(heap, hold) {
    hold(0, 0, heap.allocate(32));
  },
  thread({ index, take, heap, held, moved }) {
    if (index === 1) {
      take(0, 16);
      return;
    }
    moved(0, heap.reallocate(held(0, 0), 64));
    moved(0, heap.reallocate(held(0, 0), 16));
  },
});
