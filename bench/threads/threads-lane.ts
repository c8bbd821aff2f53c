/** The lane of `bench threads`: one thread of a workload, on a heap with or without slabs. */
import { MemoryManager, type HeapHandle } from '../../src/index.ts';
import { Xorshift32 } from '../../src/xorshift.ts';
import type { Round } from '../measure/lane.ts';
import { cacheScratch } from './cache-scratch.ts';
import { larson } from './larson.ts';
import { PlainBlocks } from './plain-blocks.ts';
import { THREADS, type ThreadWorkload } from './thread-workload.ts';
import { xmallocTest } from './xmalloc-test.ts';

export const THREAD_WORKLOADS = { larson, 'xmalloc-test': xmallocTest, 'cache-scratch': cacheScratch } as const;
export type ThreadWorkloadName = keyof typeof THREAD_WORKLOADS;

/** What the threads of one contestant share. */
export interface ThreadsShared {
  readonly handle: HeapHandle;
  readonly slots: SharedArrayBuffer;
  readonly words: SharedArrayBuffer;
}

/** Who does what. Successors are given what their predecessors shared. */
export interface ThreadsLane {
  readonly workload: ThreadWorkloadName;
  readonly shared: ThreadsShared;
}

const HEAP_BYTES = 2 ** 26;

export function makeShared(workload: ThreadWorkloadName, slabs: boolean): ThreadsShared {
  const { slotCount, wordCount } = THREAD_WORKLOADS[workload];
  using heap = new MemoryManager(HEAP_BYTES, { slabs });
  return {
    handle: heap.handle,
    slots: new SharedArrayBuffer(slotCount * Int32Array.BYTES_PER_ELEMENT),
    words: new SharedArrayBuffer(wordCount * Int32Array.BYTES_PER_ELEMENT),
  };
}

export function share({ shared }: ThreadsLane): ThreadsShared {
  return shared;
}

export function prepare({ workload }: ThreadsLane, { handle, slots, words }: ThreadsShared, thread: number): Round {
  const heap = MemoryManager.attach(handle);
  const description: ThreadWorkload = THREAD_WORKLOADS[workload];
  const round = description.begin({
    stream: thread,
    threads: THREADS,
    slots: new Int32Array(slots),
    words: new Int32Array(words),
    random: new Xorshift32(12_345 + 77 * thread),
    blocks: new PlainBlocks(heap),
  });
  return (count) => {
    round(count);
    if (description.hasSuccessors && count > 0) heap.detach();
  };
}
