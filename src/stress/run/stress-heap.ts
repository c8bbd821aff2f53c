/**
 * The heap for a run, sized so that only a fault could fill it.
 *
 * It starts small and grows as the run needs it, up to a multiple of what the run can demand at once: room for
 * fragmentation. Memory that is reserved but never touched costs nothing, so the multiple may be generous; where the
 * engine cannot reserve that much, less will do.
 */
import { AllocatorError, MemoryManager, type FitName, type HeapHandle } from '../../index.ts';

const HEADROOMS: readonly number[] = [4, 2, 1.25];
const SMALLEST_BYTES = 1024 * 1024;
const GROWTH_STEPS = 8;
/** Threads that are attached beside the streams: to sweep, to inspect. */
const VISITORS = 4;

export interface HeapSettings {
  readonly fit: FitName;
  readonly slabs: boolean;
  /** Overrides the size that follows from the demand. */
  readonly maxByteLength?: number;
}

/** The run cannot be done on this machine or at this size: not the heap's fault. */
export class HeapTooSmallError extends Error {
  override readonly name = 'HeapTooSmallError';
}

/** What the main thread keeps of a heap: enough to send workers there, without being attached itself. */
export interface StressHeap {
  readonly handle: HeapHandle;
  readonly maxByteLength: number;
}

/** @param demandBytes - what can be live at once
 *  @param threads - how many threads will attach */
export function createHeap(demandBytes: number, threads: number, settings: HeapSettings): StressHeap {
  const sizes =
    settings.maxByteLength === undefined
      ? HEADROOMS.map((headroom) => Math.max(SMALLEST_BYTES, Math.ceil(demandBytes * headroom)))
      : [settings.maxByteLength];
  for (const maxByteLength of sizes) {
    const heap = tryToCreate(maxByteLength, threads, settings);
    if (heap === undefined) continue;
    heap.detach();
    return { handle: heap.handle, maxByteLength };
  }
  throw new HeapTooSmallError(`this engine cannot reserve the ${sizes.at(-1)} bytes that the run needs at once`);
}

function tryToCreate(maxByteLength: number, threads: number, settings: HeapSettings): MemoryManager | undefined {
  const { fit, slabs } = settings;
  const blockSize = Math.min(maxByteLength, Math.max(SMALLEST_BYTES, Math.ceil(maxByteLength / GROWTH_STEPS)));
  try {
    return new MemoryManager(blockSize, {
      fit,
      maxByteLength,
      maxThreads: threads + VISITORS,
      slabs,
    });
  } catch (error) {
    if (error instanceof AllocatorError && error.code === 'BAD_SIZE') return undefined;
    throw error;
  }
}
