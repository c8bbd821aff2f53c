/**
 * The workloads as rounds.c has them, in the same words: addresses lie in an Int32Array as pointers lie in a C array, 0
 * means none, and the heap is called directly. The loops of ../workloads.ts, which serve libraries of every kind, put an
 * adapter and a tagged array between, which is a sixth of the time here.
 */
import type { MemoryManager } from '../../src/index.ts';
import type { Round } from '../measure/lane.ts';
import { BURST, type Requests, type WorkloadName } from '../workloads.ts';

type HeapRound = (heap: MemoryManager, requests: Requests) => Round;

function pair64(heap: MemoryManager): Round {
  return (count) => {
    for (let i = 0; i < count; i++) heap.deallocate(heap.allocate(64)!);
  };
}

function churn(heap: MemoryManager, { stream, live, sizes, slots }: Requests): Round {
  const blocks = new Int32Array(live);
  const mask = stream - 1;
  let start = 0;
  return (count) => {
    for (let i = start; i < start + count; i++) {
      const slot = slots[i & mask];
      const old = blocks[slot];
      if (old !== 0) heap.deallocate(old);
      blocks[slot] = heap.allocate(sizes[(7 * i) & mask])!;
    }
    start = (start + count) & mask;
  };
}

function burst(heap: MemoryManager, { stream, sizes }: Requests): Round {
  const blocks = new Int32Array(BURST);
  const mask = stream - 1;
  let start = 0;
  return (count) => {
    for (let i = start; i < start + count; i += BURST) {
      for (let j = 0; j < BURST; j++) blocks[j] = heap.allocate(sizes[(i + j) & mask])!;
      for (let j = 0; j < BURST; j++) heap.deallocate(blocks[j]);
    }
    start = (start + count) & mask;
  };
}

function fifo(heap: MemoryManager, { stream, live, sizes }: Requests): Round {
  const blocks = new Int32Array(live);
  const mask = stream - 1;
  let start = 0;
  return (count) => {
    for (let i = start; i < start + count; i++) {
      const slot = i & (live - 1);
      const old = blocks[slot];
      if (old !== 0) heap.deallocate(old);
      blocks[slot] = heap.allocate(sizes[i & mask])!;
    }
    start = (start + count) & mask;
  };
}

/** One round of each workload, on a heap that never is full: a `null` would come back as a double free of 0. */
export const HEAP_ROUNDS: Record<WorkloadName, HeapRound> = { pair64, churn, burst, fifo };
