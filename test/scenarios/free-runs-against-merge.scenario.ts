import { freeRunsOf } from '../../src/inspect/walk.ts';
import { heapScenario, requireOrder } from './heap-scenario.ts';

const UNIT = 16;

/**
 * A thread walks over the free runs, one head at a time, while another frees two blocks side by side: what is free all
 * the time is shown once, and nothing twice, although the second free merges with what may have been shown already.
 */
export default heapScenario({
  threads: 2,
  blockSize: 8 * UNIT,
  options: { slabs: false },
  setup(heap, hold) {
    for (let index = 0; index < 4; index++) hold(0, index, heap.allocate(UNIT));
  },
  thread({ index, member, held, freeOf }) {
    if (index === 1) {
      freeOf(0, 1);
      freeOf(0, 2);
      return;
    }
    const tail = held(0, 3) + UNIT;
    const runs = [...freeRunsOf(member.locked, 1)];
    requireOrder(runs);
    if (runs.filter(({ address, size }) => address === tail && size === 4 * UNIT).length === 1) return;
    throw new Error('the free memory at the end, which nobody touches, is not shown once');
  },
});
