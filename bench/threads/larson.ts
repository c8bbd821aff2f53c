/**
 * larson (Larson and Krishnan 1998): each thread has 5,000 blocks of 8 to 999 bytes which all threads allocated in turn.
 * It frees one at random, allocates another in its place and touches two of its bytes; after a round it ends and its
 * successor inherits the blocks.
 */
import { Xorshift32 } from '../../src/xorshift.ts';
import { THREADS, addressOf, take, type ThreadPlace, type ThreadWorkload } from './thread-workload.ts';

const BLOCKS = 5000;
const SMALLEST = 8;
const SIZES = 992;
/** In place of a block that was never allocated. */
const NONE = 0;

export const larson: ThreadWorkload = {
  unit: 'allocations',
  operations: 500_000,
  step: 1,
  workers: THREADS,
  hasSuccessors: true,
  slotCount: BLOCKS * THREADS,
  wordCount: 0,
  begin({ heap, thread, slots }: ThreadPlace) {
    const random = new Xorshift32(12_345 + 77 * thread);
    const bytes = new Uint8Array(heap.buffer);
    const replace = (slot: number): void => {
      if (slots[slot] !== NONE) heap.deallocate(addressOf(slots[slot]));
      const size = SMALLEST + random.below(SIZES);
      const block = take(heap, size);
      bytes[addressOf(block)] = 1;
      bytes[addressOf(block) + size - 1] = 1;
      slots[slot] = block;
    };
    for (let slot = thread; slot < slots.length; slot += THREADS) if (slots[slot] === NONE) replace(slot);
    return (count) => {
      for (let i = 0; i < count; i++) replace(thread * BLOCKS + random.below(BLOCKS));
    };
  },
};
