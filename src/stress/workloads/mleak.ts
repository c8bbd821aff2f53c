/**
 * mleak (mimalloc): what threads leave behind when they end must not add up.
 *
 * A thread allocates 16 zeroed words, swaps the block into one of 1,000 slots, frees the one that was there, and ends.
 * In each place 500 threads do so one after the other, or as many as there is time for.
 */
import { NO_BLOCK } from './hands.ts';
import type { Workload, WorkloadContext } from './workload.ts';

const SLOTS = 1000;
const BLOCK_BYTES = 128;
/** A thread may have some memory to itself; what counts is that it does not stay behind. */
const BYTES_PER_THREAD = 64 * 1024;

export const mleak: Workload = {
  name: 'mleak',
  summary: 'hundreds of threads that live for one zeroed block each; the footprint has to stay flat',
  threads: (wanted) => wanted,
  generations: 500,
  slotCount: () => SLOTS,
  wordCount: () => 0,
  demandBytes: (threads) => SLOTS * BLOCK_BYTES + threads * BYTES_PER_THREAD,
  footprintBytes: (threads) => 4 * SLOTS * BLOCK_BYTES + threads * BYTES_PER_THREAD,
  run({ slots, blocks, random }: WorkloadContext): void {
    const old = Atomics.exchange(slots, random.below(SLOTS), blocks.takeZeroed(BLOCK_BYTES));
    if (old !== NO_BLOCK) blocks.giveBack(old);
  },
};
