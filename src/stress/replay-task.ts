/**
 * What the main thread posts to a stress worker, and what the worker does with it: attach to the heap, do the task,
 * detach. All shared state travels as SharedArrayBuffers; histograms stay shared when posted.
 */
import { MemoryManager, type HeapHandle, type HeapStats } from '../index.ts';
import { breakLock } from '../sync/fault.ts';
import { Control } from './control.ts';
import type { Histograms } from './latency.ts';
import { Replayer, type StreamOutcome, type StreamTask } from './replayer.ts';
import { described } from './violation.ts';
import { Witness } from './witness.ts';

/** What can be broken on purpose, to see that a run would notice. */
export type Fault = 'lock';

export interface ReplayTask {
  readonly handle: HeapHandle;
  readonly fault: Fault | undefined;
  readonly control: SharedArrayBuffer;
  readonly shadow: SharedArrayBuffer;
  readonly histograms: Histograms;
  readonly seed: number;
  readonly stream: StreamTask;
}

/** The state of a heap that nobody is using. */
export interface Inspection {
  readonly stats: HeapStats;
  /** What `check()` complained about. */
  readonly complaint: string | undefined;
  /** What is left in a heap in which nothing should be left. */
  readonly leftover: string | undefined;
}

export function replayStream(task: ReplayTask): StreamOutcome {
  const heap = MemoryManager.attach(task.handle);
  try {
    if (task.fault === 'lock') breakLock();
    const control = new Control(task.control);
    const { stream } = task.stream;
    const { shadow, histograms, seed } = task;
    const witness = new Witness({ heap, control, shadow, histograms, stream, seed });
    return new Replayer(task.stream, heap, control, witness).run();
  } finally {
    heap.detach();
  }
}

export function inspectHeap(handle: HeapHandle): Inspection {
  const heap = MemoryManager.attach(handle);
  try {
    return { stats: heap.stats(), complaint: complaintOf(heap), leftover: leftoverOf(heap) };
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

/** An empty heap is one free run of all its bytes. */
function leftoverOf(heap: MemoryManager): string | undefined {
  for (const block of heap.blocks()) {
    return `${heap.stats().liveBytes} bytes are still allocated, the first block at ${block.address}`;
  }
  let runs = 0;
  let bytes = 0;
  for (const run of heap.freeRuns()) {
    runs++;
    bytes += run.size;
  }
  if (runs === 1 && bytes === heap.byteLength) return undefined;
  return `${runs} free runs with ${bytes} of ${heap.byteLength} bytes`;
}
