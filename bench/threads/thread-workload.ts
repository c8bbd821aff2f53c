/**
 * A multi-threaded workload of the field, cut to a fixed amount of work, on one heap that all its threads share. Blocks
 * that change hands stand in shared words by their address in steps of 16 bytes.
 */
import type { MemoryManager } from '../../src/index.ts';
import type { Round } from '../measure/lane.ts';

/** Two threads: as many as the smallest machine has cores for. */
export const THREADS = 2;

/** What a thread of a workload has at hand. */
export interface ThreadPlace {
  readonly heap: MemoryManager;
  readonly thread: number;
  /** Blocks, 0 at first. */
  readonly slots: Int32Array<SharedArrayBuffer>;
  /** Whatever else the threads tell each other, 0 at first. */
  readonly words: Int32Array<SharedArrayBuffer>;
}

export interface ThreadWorkload {
  /** What one operation of the score is. */
  readonly unit: string;
  /** Operations of a thread in a round; counts of a round are multiples of `step`. */
  readonly operations: number;
  readonly step: number;
  /** How many threads do what the score counts. */
  readonly workers: number;
  /** The threads of each round are new ones, successors of those of the round before, and end with it. */
  readonly hasSuccessors: boolean;
  readonly slotCount: number;
  readonly wordCount: number;
  begin(place: ThreadPlace): Round;
}

const STEP_BYTES = 16;

/** A new block as the number that stands for it. */
export function take(heap: MemoryManager, size: number): number {
  const address = heap.allocate(size);
  if (address === null) throw new Error('the heap is full');
  return address / STEP_BYTES;
}

export function addressOf(block: number): number {
  return block * STEP_BYTES;
}
