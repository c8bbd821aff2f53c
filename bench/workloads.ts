/**
 * The synthetic workloads: fixed streams of requests, the same in every language, so that a C twin makes the same
 * requests in the same order. Thread t draws from xorshift32 with seed 12345 + 77·t: first 8192 sizes from 16 to 512
 * bytes, then 8192 slots below 4096.
 *
 *   pair64   allocate 64 bytes, free them
 *   churn    4096 live blocks; a random one is freed, another allocated in its place
 *   burst    1000 blocks are allocated, then freed in the order of their allocation
 *   fifo     4096 live blocks; the oldest is freed, another allocated
 */
import type { Allocator } from './contenders/contender.ts';
import type { Round } from './measure/lane.ts';
import { Xorshift32 } from './random.ts';

const STREAM = 8192;
const MASK = STREAM - 1;
const LIVE = 4096;
/** Blocks of one burst; counts of a round are multiples of it. */
export const BURST = 1000;

/** The requests of one thread. */
export interface Requests {
  readonly sizes: Int32Array;
  readonly slots: Int32Array;
}

export function requestsOf(thread: number): Requests {
  const random = new Xorshift32(12_345 + 77 * thread);
  const sizes = Int32Array.from({ length: STREAM }, () => 16 + random.below(497));
  const slots = Int32Array.from({ length: STREAM }, () => random.below(LIVE));
  return { sizes, slots };
}

type Workload = <Block>(allocator: Allocator<Block>, requests: Requests) => Round;

const pair64: Workload = (allocator) => (count) => {
  for (let i = 0; i < count; i++) allocator.deallocate(allocator.allocate(64));
};

const churn: Workload = <Block>(allocator: Allocator<Block>, { sizes, slots }: Requests) => {
  const live = emptySlots<Block>(LIVE);
  let start = 0;
  return (count) => {
    for (let i = start; i < start + count; i++) {
      replace(allocator, live, slots[i & MASK], sizes[(7 * i) & MASK]);
    }
    start = (start + count) & MASK;
  };
};

const burst: Workload = <Block>(allocator: Allocator<Block>, { sizes }: Requests) => {
  const blocks = emptySlots<Block>(BURST);
  let start = 0;
  return (count) => {
    for (let i = start; i < start + count; i += BURST) {
      for (let j = 0; j < BURST; j++) blocks[j] = allocator.allocate(sizes[(i + j) & MASK]);
      for (let j = 0; j < BURST; j++) allocator.deallocate(blocks[j]!);
    }
    start = (start + count) & MASK;
  };
};

const fifo: Workload = <Block>(allocator: Allocator<Block>, { sizes }: Requests) => {
  const live = emptySlots<Block>(LIVE);
  let start = 0;
  return (count) => {
    for (let i = start; i < start + count; i++) replace(allocator, live, i & (LIVE - 1), sizes[i & MASK]);
    start = (start + count) & MASK;
  };
};

export const WORKLOADS = { pair64, churn, burst, fifo } as const;
export type WorkloadName = keyof typeof WORKLOADS;
export const WORKLOAD_NAMES: WorkloadName[] = ['pair64', 'churn', 'burst', 'fifo'];

function emptySlots<Block>(count: number): (Block | undefined)[] {
  return Array.from<Block | undefined>({ length: count }).fill(undefined);
}

function replace<Block>(allocator: Allocator<Block>, live: (Block | undefined)[], slot: number, size: number): void {
  const old = live[slot];
  if (old !== undefined) allocator.deallocate(old);
  live[slot] = allocator.allocate(size);
}
