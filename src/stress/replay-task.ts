/**
 * What the main thread posts to the pool's workers, and what they do with it: replay one stream of a trace, or inspect
 * a heap that nobody is using. All shared state travels as SharedArrayBuffers; histograms stay shared when posted.
 */
import { MemoryManager, type HeapHandle, type HeapStats } from '../index.ts';
import type { RoundTask } from './job.ts';
import { Replayer, type StreamTask } from './replayer.ts';
import type { StreamOutcome } from './stream-outcome.ts';
import { described } from './violation.ts';
import { withWitness } from './witnessed-heap.ts';

export interface ReplayTask extends RoundTask {
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
  const { stream } = task.stream;
  return withWitness(task, { stream, phase: task.seed + stream }, (heap, control, witness) =>
    new Replayer(task.stream, heap, control, witness).run(),
  );
}

/**
 * Looks at the heap twice: who attaches takes over the slabs that others left, and gives back the empty ones when
 * leaving. Only then must the heap be as empty as it was in the beginning.
 */
export function inspectHeap(handle: HeapHandle): Inspection {
  MemoryManager.attach(handle).detach();
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
