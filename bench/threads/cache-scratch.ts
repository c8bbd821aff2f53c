/**
 * cache-scratch (Hoard): the first thread allocates an object of one byte for each, side by side, and hands them over.
 * Each thread frees its object, then allocates objects of its own, one after the other, and writes to each again and
 * again. A heap that gives a thread the freed place on another one's cache line makes them fight over the line.
 */
import { THREADS, addressOf, take, type ThreadPlace, type ThreadWorkload } from './thread-workload.ts';

const WRITES_PER_OBJECT = 1000;
/** What a thread waits for: that the first one has handed the objects over. */
const HANDED_OVER = 0;

export const cacheScratch: ThreadWorkload = {
  unit: 'writes',
  operations: 2_000_000,
  step: WRITES_PER_OBJECT,
  workers: THREADS,
  hasSuccessors: false,
  slotCount: THREADS,
  wordCount: 1,
  begin({ heap, thread, slots, words }: ThreadPlace) {
    const bytes = new Uint8Array(heap.buffer);
    if (thread === 0) for (let other = 0; other < THREADS; other++) slots[other] = take(heap, 1);
    if (thread === 0) Atomics.store(words, HANDED_OVER, 1);
    while (Atomics.load(words, HANDED_OVER) === 0);
    let own = slots[thread];
    return (count) => {
      for (let done = 0; done < count; done += WRITES_PER_OBJECT) {
        heap.deallocate(addressOf(own));
        own = take(heap, 1);
        scratch(bytes, addressOf(own));
      }
    };
  },
};

function scratch(bytes: Uint8Array, address: number): void {
  for (let i = 0; i < WRITES_PER_OBJECT; i++) bytes[address] = bytes[address] + 1;
}
