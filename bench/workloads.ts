/**
 * The synthetic workloads: fixed streams of requests, the same in every language, so that a C twin makes the same
 * requests in the same order (see native/workloads.c). Thread t draws from xorshift32 with seed 12345 + 77·t: first 8192
 * sizes from 16 to 512 bytes, then 8192 slots below 4096; in the large form both are 256 times as many.
 *
 *   pair64   allocate 64 bytes, free them
 *   churn    4096 live blocks; a random one is freed, another allocated in its place
 *   burst    1000 blocks are allocated, then freed in the order of their allocation
 *   fifo     4096 live blocks; the oldest is freed, another allocated
 */
import type { Allocator } from './contenders/contender.ts';
import type { Round } from './measure/lane.ts';
import { Xorshift32 } from '../src/xorshift.ts';

/** How many sizes and slots there are in a stream, and how many blocks may be live: powers of two. */
export interface Scale {
  readonly stream: number;
  readonly live: number;
}

export const SMALL: Scale = { stream: 8192, live: 4096 };
export const LARGE: Scale = { stream: 2_097_152, live: 1_048_576 };
/** Blocks of one burst; counts of a round are multiples of it. */
export const BURST = 1000;

/** The requests of one thread. */
export interface Requests extends Scale {
  readonly sizes: Int32Array;
  readonly slots: Int32Array;
}

export function requestsOf(thread: number, { stream, live }: Scale = SMALL): Requests {
  const random = new Xorshift32(12_345 + 77 * thread);
  const sizes = Int32Array.from({ length: stream }, () => 16 + random.below(497));
  const slots = Int32Array.from({ length: stream }, () => random.below(live));
  return { stream, live, sizes, slots };
}

type Workload = <Block>(allocator: Allocator<Block>, requests: Requests) => Round;

const pair64: Workload = (allocator) => (count) => {
  for (let i = 0; i < count; i++) allocator.deallocate(allocator.allocate(64));
};

const churn: Workload = <Block>(allocator: Allocator<Block>, { stream, live, sizes, slots }: Requests) => {
  const mask = stream - 1;
  const blocks = emptySlots<Block>(live);
  let start = 0;
  return (count) => {
    for (let i = start; i < start + count; i++) {
      replace(allocator, blocks, slots[i & mask], sizes[(7 * i) & mask]);
    }
    start = (start + count) & mask;
  };
};

const burst: Workload = <Block>(allocator: Allocator<Block>, { stream, sizes }: Requests) => {
  const mask = stream - 1;
  const blocks = emptySlots<Block>(BURST);
  let start = 0;
  return (count) => {
    for (let i = start; i < start + count; i += BURST) {
      for (let j = 0; j < BURST; j++) blocks[j] = allocator.allocate(sizes[(i + j) & mask]);
      for (let j = 0; j < BURST; j++) allocator.deallocate(blocks[j]!);
    }
    start = (start + count) & mask;
  };
};

const fifo: Workload = <Block>(allocator: Allocator<Block>, { stream, live, sizes }: Requests) => {
  const blocks = emptySlots<Block>(live);
  const mask = stream - 1;
  let start = 0;
  return (count) => {
    for (let i = start; i < start + count; i++) replace(allocator, blocks, i & (live - 1), sizes[i & mask]);
    start = (start + count) & mask;
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
