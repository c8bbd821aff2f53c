/**
 * rptest (rpmalloc): mixed sizes, cross-thread frees through inboxes.
 *
 * Each thread has 1,000 slots. In each of 500 loops it frees 24 to 79 of them at a prime stride, frees what lies in its
 * inbox, and allocates 30 to 99 blocks; every second loop it allocates as many again for the next thread's inbox. Sizes
 * are from 8 to 16,000 bytes, the large ones rare: their frequency falls linearly.
 */
import { emptySlot, NO_BLOCK } from './hands.ts';
import { BlockQueue } from './block-queue.ts';
import type { Xorshift32 } from '../../xorshift.ts';
import type { Workload, WorkloadContext } from './workload.ts';

const SLOTS = 1000;
const INBOX = 1024;
const LOOPS = 500;
const SMALLEST = 8;
const LARGEST = 16_000;
/** Any prime that does not divide SLOTS takes a thread to all of its slots. */
const STRIDES: readonly number[] = [3, 7, 11, 13, 17, 19, 23, 29];

const slotsPerThread = SLOTS + INBOX;

export const rptest: Workload = {
  name: 'rptest',
  summary: 'blocks from 8 to 16,000 bytes, freed at a stride; every second loop as many again for the next thread',
  threads: (wanted) => wanted,
  generations: 1,
  slotCount: (threads) => threads * slotsPerThread,
  wordCount: (threads) => threads * BlockQueue.WORDS,
  demandBytes: (threads) => threads * slotsPerThread * (LARGEST / 2),
  run(context: WorkloadContext): void {
    const { random, blocks, stream, threads } = context;
    const inbox = inboxOf(context, stream);
    const outbox = inboxOf(context, (stream + 1) % threads);
    for (let loop = 0; loop < LOOPS && context.goesOn(); loop++) {
      visit(context, 24 + random.below(56), emptySlot);
      for (let block = inbox.pop(); block !== NO_BLOCK; block = inbox.pop()) blocks.giveBack(block);
      const allocations = 30 + random.below(70);
      visit(context, allocations, fillSlot);
      if (loop % 2 === 1) sendOut(context, outbox, allocations);
    }
  },
};

function inboxOf({ slots, words }: WorkloadContext, stream: number): BlockQueue {
  return new BlockQueue(
    { array: slots, first: stream * slotsPerThread + SLOTS, capacity: INBOX },
    { array: words, first: stream * BlockQueue.WORDS },
  );
}

/** Visits slots of the thread at a prime stride from a random one on. */
function visit(
  context: WorkloadContext,
  count: number,
  action: (context: WorkloadContext, slot: number) => void,
): void {
  const stride = STRIDES[context.random.below(STRIDES.length)];
  let place = context.random.below(SLOTS);
  for (let i = 0; i < count && context.goesOn(); i++) {
    action(context, context.stream * slotsPerThread + place);
    place = (place + stride) % SLOTS;
  }
}

/** A slot that is taken is freed first. */
function fillSlot(context: WorkloadContext, slot: number): void {
  emptySlot(context, slot);
  context.slots[slot] = context.blocks.take(sizeFrom(context.random));
}

/** What no longer fits into the next thread's inbox is freed here. */
function sendOut({ blocks, random }: WorkloadContext, outbox: BlockQueue, count: number): void {
  for (let i = 0; i < count; i++) {
    const block = blocks.take(sizeFrom(random));
    if (block !== NO_BLOCK && !outbox.push(block)) blocks.giveBack(block);
  }
}

/** The smaller of two even choices: its frequency falls linearly. */
function sizeFrom(random: Xorshift32): number {
  return SMALLEST + Math.min(random.below(LARGEST - SMALLEST), random.below(LARGEST - SMALLEST));
}
