/**
 * xmalloc-test (Boreham 2000): every block is freed by another thread than the one that allocated it.
 *
 * Half of the threads fill batches of 4,096 blocks of 64 bytes and push them to a stack of at most 100 batches; the
 * other half pop batches and free all that is in them. A round is 16 batches for each producer.
 */
import { emptySlot, type Hands } from './hands.ts';
import { EMPTY, IndexStack } from './index-stack.ts';
import type { Workload, WorkloadContext } from './workload.ts';

export const BATCHES = 100;
export const BLOCKS_PER_BATCH = 4096;
const BLOCK_BYTES = 64;
const BATCHES_PER_PRODUCER = 16;

/** Batches to be filled, not yet made or emptied again; batches to be freed; how many were freed; who has come. */
export const VACANT = 0;
export const FULL: number = VACANT + IndexStack.wordsFor(BATCHES);
const FREED: number = FULL + IndexStack.wordsFor(BATCHES);
const MET: number = FREED + 1;

export const xmallocTest: Workload = {
  name: 'xmalloc-test',
  summary: 'producers hand batches of 4,096 small blocks to consumers, so every block is freed by another thread',
  threads: (wanted) => Math.max(2, wanted + (wanted % 2)),
  generations: 1,
  slotCount: () => BATCHES * BLOCKS_PER_BATCH,
  wordCount: (threads) => MET + threads,
  demandBytes: () => BATCHES * BLOCKS_PER_BATCH * BLOCK_BYTES,
  run(context: WorkloadContext): void {
    const vacant = new IndexStack(context.words, VACANT);
    if (!context.haveMet(MET) && !fillStack(context, vacant)) return;
    const full = new IndexStack(context.words, FULL);
    if (context.stream % 2 === 0) produce(context, vacant, full);
    else consume(context, vacant, full);
  },
};

/** Before all have met nobody does an operation, so no thread is terminated in the midst of this. */
function fillStack(context: WorkloadContext, vacant: IndexStack): boolean {
  if (context.stream === 0) for (let batch = 0; batch < BATCHES; batch++) vacant.push(batch);
  return context.meet(MET);
}

function produce(context: WorkloadContext, vacant: IndexStack, full: IndexStack): void {
  for (let round = 0; round < BATCHES_PER_PRODUCER; round++) {
    const batch = context.waitFor(() => popped(vacant));
    if (batch === undefined) return;
    const first = batch * BLOCKS_PER_BATCH;
    for (let slot = first; slot < first + BLOCKS_PER_BATCH; slot++) {
      fillSlot(context, slot);
      if (!context.goesOn()) return;
    }
    full.push(batch);
  }
}

function consume(context: WorkloadContext, vacant: IndexStack, full: IndexStack): void {
  const { words } = context;
  const total = (context.threads / 2) * BATCHES_PER_PRODUCER;
  for (;;) {
    const batch = context.waitFor(() => popped(full) ?? (Atomics.load(words, FREED) === total ? EMPTY : undefined));
    if (batch === undefined || batch === EMPTY) return;
    const first = batch * BLOCKS_PER_BATCH;
    for (let slot = first; slot < first + BLOCKS_PER_BATCH; slot++) {
      emptySlot(context, slot);
      if (!context.goesOn()) return;
    }
    vacant.push(batch);
    Atomics.add(words, FREED, 1);
  }
}

export function fillSlot({ slots, blocks }: Hands, slot: number): void {
  slots[slot] = blocks.take(BLOCK_BYTES);
}

function popped(stack: IndexStack): number | undefined {
  const index = stack.pop();
  return index === EMPTY ? undefined : index;
}
