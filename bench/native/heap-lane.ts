/** One thread of this library at a workload that the C harness does too, on a heap with room for all that is live. */
import { MemoryManager, type HeapHandle } from '../../src/index.ts';
import type { Round } from '../measure/lane.ts';
import { HEAP_ROUNDS } from './heap-rounds.ts';
import { LARGE, SMALL, requestsOf, type Scale, type WorkloadName } from '../workloads.ts';

/** The names by which the C harness knows the workloads. */
export const NATIVE_WORKLOADS = ['pair64', 'churn', 'burst', 'fifo', 'churn-1m'] as const;
export type NativeWorkload = (typeof NATIVE_WORKLOADS)[number];

/** Who does what. */
export interface HeapLane {
  readonly workload: NativeWorkload;
}

const FORMS: Record<NativeWorkload, { readonly name: WorkloadName; readonly scale: Scale }> = {
  pair64: { name: 'pair64', scale: SMALL },
  churn: { name: 'churn', scale: SMALL },
  burst: { name: 'burst', scale: SMALL },
  fifo: { name: 'fifo', scale: SMALL },
  'churn-1m': { name: 'churn', scale: LARGE },
};

/** Blocks have 264 bytes on average; twice that leaves room for two threads. */
const HEAP_BYTES_PER_BLOCK = 1024;
const LEAST_HEAP_BYTES = 2 ** 24;

export function share({ workload }: HeapLane): HeapHandle {
  const needed = FORMS[workload].scale.live * HEAP_BYTES_PER_BLOCK;
  return new MemoryManager(Math.max(LEAST_HEAP_BYTES, needed)).handle;
}

export function prepare({ workload }: HeapLane, handle: HeapHandle, thread: number): Round {
  const { name, scale } = FORMS[workload];
  return HEAP_ROUNDS[name](MemoryManager.attach(handle), requestsOf(thread, scale));
}
