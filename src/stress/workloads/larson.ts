/**
 * larson (Larson and Krishnan 1998): a server whose threads come and go while the blocks of their requests live on.
 *
 * Each thread has 5,000 blocks of 8 to 999 bytes that were allocated by all threads in turn. It frees one at random and
 * allocates another in its place; after 100,000 such steps it ends, and a successor inherits its blocks. (The original
 * ends after 500,000: with fewer, more threads come and go in the same time.)
 */
import { emptySlot, NO_BLOCK, type Hands } from './hands.ts';
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
    if (!context.haveMet(MET)) {
      fillShare(context);
      if (!context.meet(MET)) return;
    }
    for (let step = 0; step < STEPS && context.goesOn(); step++) replaceOne(context);
  },
};

/** Every thread fills every so-many-th slot that is empty, so each starts with blocks of all of them. */
export function fillShare({ slots, blocks, random, threads, stream }: Hands): void {
  for (let slot = stream; slot < BLOCKS * threads; slot += threads) {
    if (slots[slot] === NO_BLOCK) slots[slot] = blocks.take(SMALLEST + random.below(SIZES));
  }
}

export function replaceOne(hands: Hands): void {
  const { slots, blocks, random, stream } = hands;
  const victim = stream * BLOCKS + random.below(BLOCKS);
  emptySlot(hands, victim);
  slots[victim] = blocks.take(SMALLEST + random.below(SIZES));
}
