/**
 * churn: threads that allocate, reallocate, free, and hand blocks to each other through slots that all share.
 *
 * Each thread has 192 slots of its own beside 256 that belong to all. A step takes what is in a slot of its own: with 50 %
 * it is freed and another allocated, with 20 % it is reallocated, with 30 % it changes places with the block in a shared
 * slot, and of that, which mostly is another thread's, a quarter is freed at once. Half of the blocks are small, a third
 * is so large that slabs have none of that size: so the lock is busy with slabs and without.
 *
 * It goes on where the thread before it in its place has stopped, wherever that was: made for threads that die.
 */
import { emptySlot, NO_BLOCK } from './hands.ts';
import type { Xorshift32 } from '../../xorshift.ts';
import type { Workload, WorkloadContext } from './workload.ts';

const SHARED = 256;
const OWN = 192;
/** Of one thread: some live for long enough to be compiled, others come and go. */
const LONG_LIFE = 400_000;
const SHORT_LIFE = 10_000;
const SMALL = { least: 1, range: 512 };
const MIDDLE = { least: 513, range: 7680 };
const LARGE = { least: 8193, range: 8192 };
/** One new block in so many is aligned, to 32 bytes and doublings of it. */
const ALIGNED_PERIOD = 64;
const LEAST_ALIGNMENT_BITS = 5;
const ALIGNMENTS = 8;
const REPLACED_PERCENT = 50;
const RESIZED_PERCENT = 20;
const SMALL_PERCENT = 50;
const MIDDLE_PERCENT = 15;

export const churn: Workload = {
  name: 'churn',
  summary: 'threads that allocate, reallocate, hand over and free blocks of all sizes, and may die anywhere',
  threads: (wanted) => wanted,
  generations: 6,
  slotCount: (threads) => SHARED + OWN * threads,
  wordCount: () => 0,
  demandBytes: (threads) => (SHARED + OWN * threads) * (LARGE.least + LARGE.range),
  run(context: WorkloadContext): void {
    const { random, stream, generation } = context;
    const first = SHARED + stream * OWN;
    const steps = generation % 3 === 2 ? LONG_LIFE : SHORT_LIFE;
    for (let step = 0; step < steps && context.goesOn(); step++) {
      const slot = first + random.below(OWN);
      const choice = random.below(100);
      if (choice < REPLACED_PERCENT) replace(context, slot);
      else if (choice < REPLACED_PERCENT + RESIZED_PERCENT) resize(context, slot);
      else swap(context, slot);
    }
  },
};

function replace(context: WorkloadContext, slot: number): void {
  const { slots, blocks, random } = context;
  emptySlot(context, slot);
  const isAligned = random.below(ALIGNED_PERIOD) === 0;
  const alignmentBits = isAligned ? LEAST_ALIGNMENT_BITS + random.below(ALIGNMENTS) : 0;
  slots[slot] = blocks.take(sizeFrom(random), alignmentBits);
}

function resize({ slots, blocks, random }: WorkloadContext, slot: number): void {
  const block = slots[slot];
  slots[slot] = NO_BLOCK;
  const size = sizeFrom(random);
  slots[slot] = block === NO_BLOCK ? blocks.take(size) : blocks.resize(block, size);
}

/** What was taken from the others is kept, or freed on their behalf. The choices do not depend on what it is. */
function swap({ slots, blocks, random }: WorkloadContext, slot: number): void {
  const shared = random.below(SHARED);
  const frees = random.below(4) === 0;
  const block = slots[slot];
  slots[slot] = NO_BLOCK;
  const other = Atomics.exchange(slots, shared, block);
  if (frees && other !== NO_BLOCK) blocks.giveBack(other);
  else slots[slot] = other;
}

function sizeFrom(random: Xorshift32): number {
  const choice = random.below(100);
  const { least, range } = choice < SMALL_PERCENT ? SMALL : choice < SMALL_PERCENT + MIDDLE_PERCENT ? MIDDLE : LARGE;
  return least + random.below(range);
}
