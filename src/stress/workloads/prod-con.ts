/**
 * prod-con: blocks of 64 bytes that flow through queues, one allocated by a thread and freed by its partner.
 *
 * Threads work in pairs around a queue of 1,024 blocks. A round is 200,000 blocks for each pair.
 */
import { NO_BLOCK } from './hands.ts';
import { BlockQueue } from './block-queue.ts';
import type { Workload, WorkloadContext } from './workload.ts';

const CAPACITY = 1024;
const BLOCKS_PER_PAIR = 200_000;
const BLOCK_BYTES = 64;

export const prodCon: Workload = {
  name: 'prod-con',
  summary: 'pairs of threads around a queue: one allocates, the other frees',
  threads: (wanted) => Math.max(2, wanted + (wanted % 2)),
  generations: 1,
  slotCount: (threads) => (threads / 2) * CAPACITY,
  wordCount: (threads) => (threads / 2) * BlockQueue.WORDS,
  demandBytes: (threads) => (threads / 2) * (CAPACITY + 2) * BLOCK_BYTES,
  run(context: WorkloadContext): void {
    const { slots, words, stream } = context;
    const pair = stream >> 1;
    const queue = new BlockQueue(
      { array: slots, first: pair * CAPACITY, capacity: CAPACITY },
      { array: words, first: pair * BlockQueue.WORDS },
    );
    if (stream % 2 === 0) produce(context, queue);
    else consume(context, queue);
  },
};

/** For a block that could not be had, which is reported, the partner waits in vain: the round then ends as stuck. */
function produce(context: WorkloadContext, queue: BlockQueue): void {
  const { blocks } = context;
  for (let i = 0; i < BLOCKS_PER_PAIR && context.goesOn(); i++) {
    const block = blocks.take(BLOCK_BYTES);
    if (block === NO_BLOCK || queue.push(block)) continue;
    if (context.waitFor(() => queue.push(block) || undefined) === undefined) return blocks.giveBack(block);
  }
}

function consume(context: WorkloadContext, queue: BlockQueue): void {
  for (let i = 0; i < BLOCKS_PER_PAIR && context.goesOn(); i++) {
    const block = queue.pop() || context.waitFor(() => queue.pop() || undefined);
    if (block === undefined) return;
    context.blocks.giveBack(block);
  }
}
