/**
 * xmalloc-test: one thread fills batches and pushes them to a stack, the other pops batches and frees all that is in
 * them. Every block is freed by the other thread.
 */
import { emptySlot } from '../../src/stress/workloads/hands.ts';
import { EMPTY, IndexStack } from '../../src/stress/workloads/index-stack.ts';
import {
  BATCHES,
  BLOCKS_PER_BATCH,
  fillSlot,
  FULL,
  VACANT,
  xmallocTest as workload,
} from '../../src/stress/workloads/xmalloc-test.ts';
import { THREADS, type ThreadPlace, type ThreadWorkload } from './thread-workload.ts';

/** Changes of either stack, to sleep on while one is empty. */
const CHANGES: number = workload.wordCount(THREADS);
const PRODUCER = 0;

export const xmallocTest: ThreadWorkload = {
  unit: 'frees',
  operations: 50 * BLOCKS_PER_BATCH,
  step: BLOCKS_PER_BATCH,
  workers: 1,
  hasSuccessors: false,
  slotCount: workload.slotCount(THREADS),
  wordCount: CHANGES + 1,
  begin(place: ThreadPlace) {
    const vacant = new IndexStack(place.words, VACANT);
    const full = new IndexStack(place.words, FULL);
    if (place.stream !== PRODUCER) return (count) => passOn(place, count, full, vacant, emptySlot);
    for (let batch = 0; batch < BATCHES; batch++) vacant.push(batch);
    return (count) => passOn(place, count, vacant, full, fillSlot);
  },
};

/** Does the work on the slots of batches for `count` blocks. */
function passOn(
  place: ThreadPlace,
  count: number,
  from: IndexStack,
  to: IndexStack,
  work: (place: ThreadPlace, slot: number) => void,
): void {
  for (let done = 0; done < count; done += BLOCKS_PER_BATCH) {
    const batch = awaitBatch(from, place.words);
    const first = batch * BLOCKS_PER_BATCH;
    for (let slot = first; slot < first + BLOCKS_PER_BATCH; slot++) work(place, slot);
    to.push(batch);
    Atomics.add(place.words, CHANGES, 1);
    Atomics.notify(place.words, CHANGES);
  }
}

function awaitBatch(from: IndexStack, words: Int32Array<SharedArrayBuffer>): number {
  for (;;) {
    const changes = Atomics.load(words, CHANGES);
    const batch = from.pop();
    if (batch !== EMPTY) return batch;
    Atomics.wait(words, CHANGES, changes);
  }
}
