import { heapScenario } from './heap-scenario.ts';

/** Two threads find the same slab without owner: one adopts it, and each slot is handed out once. */
export default heapScenario({
  threads: 2,
  blockSize: 2048,
  options: { slabs: true },
  setup(heap, hold) {
    hold(0, 0, heap.allocate(256));
  },
  thread({ take }) {
    take(1, 256);
  },
});
