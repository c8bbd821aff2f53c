/**
 * larson: the threads of a round end with it, and those of the next inherit their blocks.
 */
import { fillShare, larson as workload, replaceOne } from '../../src/stress/workloads/larson.ts';
import { THREADS, type ThreadPlace, type ThreadWorkload } from './thread-workload.ts';

export const larson: ThreadWorkload = {
  unit: 'allocations',
  operations: 500_000,
  step: 1,
  workers: THREADS,
  hasSuccessors: true,
  slotCount: workload.slotCount(THREADS),
  wordCount: 0,
  begin(place: ThreadPlace) {
    fillShare(place);
    return (count) => {
      for (let i = 0; i < count; i++) replaceOne(place);
    };
  },
};
