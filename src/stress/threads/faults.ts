/**
 * Breaks the heap, or the run, on purpose, in this thread alone, so that a run can show that it would notice: for each
 * judge there is a fault of its kind.
 */
import type { MemoryManager } from '../../index.ts';
import { Layout } from '../../layout/layout.ts';
import { Guarded } from '../../layout/regions.ts';
import { breakLock } from '../../sync/fault.ts';
import { ThreadSlots } from '../../sync/thread-slots.ts';

export const FAULTS = ['lock', 'overlap', 'bytes', 'leak', 'count', 'table', 'hang', 'seize'] as const;

/**
 * - `lock`: taking the lock always succeeds at once
 * - `overlap`: now and then a block is handed out twice
 * - `bytes`: now and then a stranger writes to a block
 * - `leak`: now and then a block is not given back
 * - `count`: the heap miscounts its used bytes
 * - `table`: the heap miscounts its free runs
 * - `hang`: a thread never comes back from a call
 * - `seize`: the dead are taken for alive, so nobody gets a lock that one of them holds
 */
export type Fault = (typeof FAULTS)[number];

/** Calls between two strokes. */
const PERIOD = 500;

export function breakHeap(heap: MemoryManager, fault: Fault): void {
  if (fault === 'lock') breakLock();
  else if (fault === 'seize') ThreadSlots.prototype.isDead = () => false;
  else if (fault === 'leak') breakDeallocate(heap);
  else breakAllocate(heap, fault);
}

function breakDeallocate(heap: MemoryManager): void {
  const deallocate = heap.deallocate.bind(heap);
  let calls = 0;
  heap.deallocate = (address) => {
    if (++calls % PERIOD !== 0) deallocate(address);
  };
}

function breakAllocate(heap: MemoryManager, fault: Fault): void {
  const allocate = heap.allocate.bind(heap);
  const strike = strokeOf(heap, fault);
  let calls = 0;
  let last: number | null = null;
  heap.allocate = (size, options) => {
    const isTime = ++calls % PERIOD === 0 && last !== null;
    if (isTime && fault === 'overlap') return last;
    if (isTime) strike(last!);
    return (last = allocate(size, options));
  };
}

/** What to do to the heap, given the address of a block that may be live. */
function strokeOf(heap: MemoryManager, fault: Fault): (address: number) => void {
  const { words } = new Layout(heap.buffer);
  switch (fault) {
    case 'bytes':
      return (address) => void (new Uint8Array(heap.buffer, address, 1)[0] ^= 1);
    case 'count':
      return () => void Atomics.add(words, Guarded.USED_UNITS, 1);
    case 'table':
      return () => void Atomics.add(words, Guarded.FREE_RUNS, 1);
    default:
      return hang;
  }
}

function hang(): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (;;) Atomics.wait(never, 0, 0, 1000);
}
