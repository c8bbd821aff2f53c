/**
 * larson (Larson and Krishnan 1998): a server whose threads come and go while the blocks of their requests live on.
 *
 * Each thread has 5,000 blocks of 8 to 999 bytes that were allocated by all threads in turn. It frees one at random and
 * allocates another in its place; after 100,000 such steps it ends, and a successor inherits its blocks. (The original
 * ends after 500,000: with fewer, more threads come and go in the same time.)
 */
import { NO_BLOCK } from '../oracles/block-keeper.ts';
import type { Workload, WorkloadContext } from './workload.ts';

const BLOCKS = 5000;
const STEPS = 100_000;
const SMALLEST = 8;
const SIZES = 992;
const MET = 0;

export const larson: Workload = {
  name: 'larson',
  summary: 'server threads that end and leave their blocks to successors; random sizes, random lifetimes',
  threads: (wanted) => wanted,
  generations: 3,
  slotCount: (threads) => BLOCKS * threads,
  wordCount: (threads) => threads,
  demandBytes: (threads) => threads * BLOCKS * (SMALLEST + SIZES + 16),
  run(context: WorkloadContext): void {
    if (!context.haveMet(MET) && !allocateForAll(context)) return;
    const { slots, blocks, random } = context;
    const first = context.stream * BLOCKS;
    for (let step = 0; step < STEPS && context.goesOn(); step++) {
      const victim = first + random.below(BLOCKS);
      const block = slots[victim];
      slots[victim] = NO_BLOCK;
      if (block !== NO_BLOCK) blocks.giveBack(block);
      slots[victim] = blocks.take(SMALLEST + random.below(SIZES));
    }
  },
};

/** Every thread fills every so-many-th slot, so each starts with blocks of all of them. False when stopped. */
function allocateForAll(context: WorkloadContext): boolean {
  const { slots, blocks, random, threads, stream } = context;
  for (let slot = stream; slot < BLOCKS * threads; slot += threads) {
    if (slots[slot] === NO_BLOCK) slots[slot] = blocks.take(SMALLEST + random.below(SIZES));
  }
  return context.meet(MET);
}
