/**
 * A look at a heap that nobody is using, by a worker: the heap may be broken, and a look may then last for ever.
 */
import { MemoryManager, type HeapHandle, type HeapStats } from '../../index.ts';
import { described } from '../results/violation.ts';

export interface InspectionTask {
  readonly handle: HeapHandle;
  /** Whether threads have died, so that there may be something to repair. */
  readonly isRecovered: boolean;
}

/** The state of a heap that nobody is using. */
export interface Inspection {
  readonly stats: HeapStats;
  /** What `check()` complained about. */
  readonly complaint: string | undefined;
  /** How allocated and free bytes do not make up the whole. */
  readonly imbalance: string | undefined;
  /** What is left in a heap in which nothing should be left. */
  readonly leftover: string | undefined;
}

/**
 * Looks at the heap twice: who attaches takes over the slabs that others left, and gives back the empty ones when
 * leaving. Only then must the heap be as empty as it was in the beginning.
 */
export function inspectHeap({ handle, isRecovered }: InspectionTask): Inspection {
  const visitor = MemoryManager.attach(handle);
  if (isRecovered) visitor.recover();
  visitor.detach();
  const heap = MemoryManager.attach(handle);
  try {
    const complaint = complaintOf(heap);
    return { stats: heap.stats(), complaint, imbalance: imbalanceOf(heap), leftover: leftoverOf(heap) };
  } finally {
    heap.detach();
  }
}

function complaintOf(heap: MemoryManager): string | undefined {
  try {
    heap.check();
    return undefined;
  } catch (error) {
    return described(error);
  }
}

/** Used and free bytes make up the memory, and what is live lies in what is used. */
function imbalanceOf(heap: MemoryManager): string | undefined {
  const { byteLength, usedBytes } = heap.stats();
  const freeBytes = sumOfSizes(heap.freeRuns());
  if (usedBytes + freeBytes !== byteLength) {
    return `${usedBytes} bytes are used and ${freeBytes} are free, of ${byteLength}`;
  }
  const liveBytes = sumOfSizes(heap.blocks());
  return liveBytes <= usedBytes ? undefined : `${liveBytes} bytes are live, but only ${usedBytes} are used`;
}

function sumOfSizes(stretches: Iterable<{ readonly size: number }>): number {
  let sum = 0;
  for (const { size } of stretches) sum += size;
  return sum;
}

/** An empty heap is one free run of all its bytes. */
function leftoverOf(heap: MemoryManager): string | undefined {
  for (const block of heap.blocks()) {
    return `${heap.stats().liveBytes} bytes are still allocated, the first block at ${block.address}`;
  }
  const runs = [...heap.freeRuns()];
  const bytes = sumOfSizes(runs);
  if (runs.length === 1 && bytes === heap.byteLength) return undefined;
  return `${runs.length} free runs with ${bytes} of ${heap.byteLength} bytes`;
}
