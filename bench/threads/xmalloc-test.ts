/**
 * xmalloc-test (Boreham 2000): one thread fills batches of 4,096 blocks of 64 bytes and pushes them to a stack of at
 * most 100 batches, the other pops batches and frees all that is in them. Every block is freed by the other thread.
 */
import { EMPTY, IndexStack } from '../../src/stress/workloads/index-stack.ts';
import { addressOf, take, type ThreadPlace, type ThreadWorkload } from './thread-workload.ts';

const BATCHES = 100;
const BATCH = 4096;
const BLOCK_BYTES = 64;

/** Batches to be filled; batches to be freed; changes of either stack, to sleep on while one is empty. */
const VACANT = 0;
const FULL: number = VACANT + IndexStack.wordsFor(BATCHES);
const CHANGES: number = FULL + IndexStack.wordsFor(BATCHES);
const PRODUCER = 0;

export const xmallocTest: ThreadWorkload = {
  unit: 'frees',
  operations: 50 * BATCH,
  step: BATCH,
  workers: 1,
  hasSuccessors: false,
  slotCount: BATCHES * BATCH,
  wordCount: CHANGES + 1,
  begin(place: ThreadPlace) {
    const vacant = new IndexStack(place.words, VACANT);
    const full = new IndexStack(place.words, FULL);
    if (place.thread !== PRODUCER) return (count) => passOn(place, count, full, vacant, freeBatch);
    for (let batch = 0; batch < BATCHES; batch++) vacant.push(batch);
    return (count) => passOn(place, count, vacant, full, fillBatch);
  },
};

type Work = (place: ThreadPlace, first: number) => void;

/** Does the work on batches for `count` blocks. */
function passOn(place: ThreadPlace, count: number, from: IndexStack, to: IndexStack, work: Work): void {
  for (let done = 0; done < count; done += BATCH) {
    const batch = awaitBatch(from, place.words);
    work(place, batch * BATCH);
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

function fillBatch({ heap, slots }: ThreadPlace, first: number): void {
  for (let slot = first; slot < first + BATCH; slot++) slots[slot] = take(heap, BLOCK_BYTES);
}

function freeBatch({ heap, slots }: ThreadPlace, first: number): void {
  for (let slot = first; slot < first + BATCH; slot++) heap.deallocate(addressOf(slots[slot]));
}
