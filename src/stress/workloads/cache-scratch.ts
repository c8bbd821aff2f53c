/**
 * cache-scratch (Hoard): objects of one byte that each thread writes again and again.
 *
 * The first thread allocates an object for each and hands it over; each frees it, then allocates objects of its own,
 * one after the other, and writes to them two million times in all. A heap that gives the freed place of a neighbour's
 * cache line to another thread makes them fight over the line: the run takes longer. Every write is read back.
 */
import { emptySlot, NO_BLOCK, type Hands } from './hands.ts';
import type { Workload, WorkloadContext } from './workload.ts';

const OBJECTS = 200;
const WRITES_PER_OBJECT = 10_000;
const HANDED_OVER = 0;

export const cacheScratch: Workload = {
  name: 'cache-scratch',
  summary: 'one-byte objects that each thread writes two million times; shows threads that share cache lines',
  threads: (wanted) => wanted,
  generations: 1,
  slotCount: (threads) => threads,
  wordCount: (threads) => threads,
  demandBytes: (threads) => threads * 64,
  run(context: WorkloadContext): void {
    if (!context.haveMet(HANDED_OVER)) {
      handOver(context);
      if (!context.meet(HANDED_OVER)) return;
    }
    for (let object = 0; object < OBJECTS; object++) {
      scratchAnother(context, WRITES_PER_OBJECT);
      if (!context.goesOn()) return;
    }
  },
};

/** The first thread allocates an object for each, side by side. */
export function handOver({ slots, blocks, stream, threads }: Hands): void {
  if (stream !== 0) return;
  for (let other = 0; other < threads; other++) if (slots[other] === NO_BLOCK) slots[other] = blocks.take(1);
}

export function scratchAnother(hands: Hands, writes: number): void {
  const { slots, blocks, stream } = hands;
  emptySlot(hands, stream);
  slots[stream] = blocks.take(1);
  if (slots[stream] !== NO_BLOCK) blocks.scratch(slots[stream], writes);
}
