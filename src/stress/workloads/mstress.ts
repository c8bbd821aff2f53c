/**
 * mstress (mimalloc): threads of unequal load that keep some blocks, free some, and swap some with the others.
 *
 * Thread t allocates 5,000 · (t mod 8 + 1) blocks and keeps about half of them to its end. After each allocation it
 * frees a random one of the others with 66 %, and with 25 % swaps one with a random entry of an array that all threads
 * share. One block in 100 is 100 times as large, and one in 100 of these ten times that. At its end a thread frees
 * what it holds; it is re-created 25 times.
 */
import { emptySlot, NO_BLOCK } from './hands.ts';
import type { Xorshift32 } from '../../xorshift.ts';
import type { Workload, WorkloadContext } from './workload.ts';

const ALLOCATIONS = 5000;
const LOADS = 8;
const SHARED = 1000;
const SMALLEST = 8;
const DOUBLINGS = 6;
const FREE_PERCENT = 66;
const SWAP_PERCENT = 25;
/** The mean of all sizes is about 180 bytes, and few threads use all of their slots. */
const DEMAND_PER_BLOCK = 200;

const ownSlots = ALLOCATIONS * LOADS;

export const mstress: Workload = {
  name: 'mstress',
  summary: 'threads of unequal load that keep, free and swap blocks from 8 bytes to 256 KB, and are re-created',
  threads: (wanted) => wanted,
  generations: 25,
  slotCount: (threads) => SHARED + ownSlots * threads,
  wordCount: () => 0,
  demandBytes: (threads) => (SHARED + ownSlots * threads) * DEMAND_PER_BLOCK,
  run(context: WorkloadContext): void {
    const { slots, blocks, random } = context;
    const first = SHARED + context.stream * ownSlots;
    const allocations = ALLOCATIONS * ((context.stream % LOADS) + 1);
    /** What a predecessor that was terminated has left. */
    for (let slot = first; slot < first + ownSlots; slot++) emptySlot(context, slot);
    /** Blocks that may go lie from `first` on, those to be kept lie from the end of the thread's slots down. */
    let loose = first;
    let kept = first + ownSlots;
    for (let i = 0; i < allocations && context.goesOn(); i++) {
      const block = blocks.take(sizeFrom(random));
      if (random.below(2) === 0) slots[--kept] = block;
      else slots[loose++] = block;
      if (loose > first && random.below(100) < FREE_PERCENT) loose = freeOne(context, first, loose);
      if (loose > first && random.below(100) < SWAP_PERCENT) swapOne(context, first, loose);
    }
    for (let slot = first; slot < first + ownSlots; slot++) emptySlot(context, slot);
  },
};

/** Frees a random one of the slots [first, loose) and closes the gap; returns the new end. */
function freeOne(context: WorkloadContext, first: number, loose: number): number {
  const victim = first + context.random.below(loose - first);
  emptySlot(context, victim);
  const last = context.slots[loose - 1];
  context.slots[loose - 1] = NO_BLOCK;
  context.slots[victim] = last;
  return loose - 1;
}

function swapOne({ slots, random }: WorkloadContext, first: number, loose: number): void {
  const own = first + random.below(loose - first);
  const block = slots[own];
  slots[own] = NO_BLOCK;
  slots[own] = Atomics.exchange(slots, random.below(SHARED), block);
}

function sizeFrom(random: Xorshift32): number {
  const size = SMALLEST << random.below(DOUBLINGS);
  if (random.below(100) !== 0) return size;
  return random.below(100) === 0 ? size * 1000 : size * 100;
}
