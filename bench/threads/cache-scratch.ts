/**
 * cache-scratch: each thread writes a thousand times to each of its objects, one after the other.
 */
import { cacheScratch as workload, handOver, scratchAnother } from '../../src/stress/workloads/cache-scratch.ts';
import { THREADS, type ThreadPlace, type ThreadWorkload } from './thread-workload.ts';

const WRITES_PER_OBJECT = 1000;
/** What a thread waits for: that the first one has handed the objects over. */
const HANDED_OVER = 0;

export const cacheScratch: ThreadWorkload = {
  unit: 'writes',
  operations: 2_000_000,
  step: WRITES_PER_OBJECT,
  workers: THREADS,
  hasSuccessors: false,
  slotCount: workload.slotCount(THREADS),
  wordCount: 1,
  begin(place: ThreadPlace) {
    handOver(place);
    if (place.stream === 0) Atomics.store(place.words, HANDED_OVER, 1);
    while (Atomics.load(place.words, HANDED_OVER) === 0);
    return (count) => {
      for (let done = 0; done < count; done += WRITES_PER_OBJECT) scratchAnother(place, WRITES_PER_OBJECT);
    };
  },
};
