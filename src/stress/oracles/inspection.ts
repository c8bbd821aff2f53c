/**
 * A look at a heap that nobody is using, by a worker: the heap may be broken, and a look may then last for ever.
 *
 * It looks three times. Before anybody is attached: where all threads have left for good, all that was freed must be
 * free by then. While somebody is attached, who has adopted what others had. And when he comes back.
 */
import { MemoryManager, type HeapHandle, type HeapStats } from '../../index.ts';
import { sum } from '../../sum.ts';
import { Gauge } from '../measures/gauge.ts';
import type { Oracle } from '../results/oracles.ts';
import { described, heapViolation, type Violation } from '../results/violation.ts';

export interface InspectionTask {
  readonly handle: HeapHandle;
  /** Whether all threads have left for good. Those that died or linger have slabs until somebody needs memory. */
  readonly allHaveLeft: boolean;
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
  /** What was still taken until somebody came, or left again, though nothing was left. */
  readonly taken: string | undefined;
}

/** Whoever attaches takes over the slabs that others left, and gives back the empty ones. */
export function inspectHeap({ handle, allHaveLeft }: InspectionTask): Inspection {
  const gauge = new Gauge(handle);
  const atFirst = allHaveLeft ? gauge.read().usedBytes : 0;
  const visitor = MemoryManager.attach(handle);
  visitor.recover();
  const whileVisited = gauge.read().usedBytes;
  visitor.detach();
  const heap = MemoryManager.attach(handle);
  try {
    const complaint = complaintOf(heap);
    const taken = takenOf(atFirst, whileVisited);
    return { stats: heap.stats(), complaint, imbalance: imbalanceOf(heap), leftover: leftoverOf(heap), taken };
  } finally {
    heap.detach();
  }
}

/** What is wrong with a heap in which nothing should be left. */
export function complaintsAfterAll(inspection: Inspection, oracles: readonly Oracle[]): Violation[] {
  const { leftover, taken } = inspection;
  const left = oracles.includes('sum') && leftover !== undefined ? [heapViolation('leak', leftover)] : [];
  const kept = oracles.includes('room') && taken !== undefined ? [heapViolation('leak', taken)] : [];
  return [...complaintsAnyway(inspection, oracles), ...left, ...kept];
}

/** What is wrong with a heap whatever it should hold. */
export function complaintsAnyway({ complaint, imbalance }: Inspection, oracles: readonly Oracle[]): Violation[] {
  const wrong = oracles.includes('check') && complaint !== undefined ? [heapViolation('inconsistency', complaint)] : [];
  const uneven = oracles.includes('sum') && imbalance !== undefined ? [heapViolation('inconsistency', imbalance)] : [];
  return [...wrong, ...uneven];
}

export function isEmptyAndSound({ complaint, imbalance, leftover, taken }: Inspection): boolean {
  return [complaint, imbalance, leftover, taken].every((wrong) => wrong === undefined);
}

function takenOf(atFirst: number, whileVisited: number): string | undefined {
  if (whileVisited > 0) return `${whileVisited} bytes were still taken after a thread had come to look after them`;
  if (atFirst > 0) return `${atFirst} bytes were still taken, until a thread came to look after them`;
  return undefined;
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
  return sum(Array.from(stretches, ({ size }) => size));
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
