/**
 * The lane of `bench table`: a heap with a given number of free runs, kept apart by live blocks of one unit, and
 * steady pairs on it. A pair frees the oldest of a window of blocks and takes a new one.
 *
 *   [hole 0][·][hole 1][·][hole 2][·] …      · = separator, lives for ever; holes have the lengths of the pattern
 *
 * The window is a tenth as many blocks as there are holes, so that a run is taken, split, merged and given back all
 * over the memory that the fit uses, rather than again and again at one place that stays in the cache; since every
 * block is freed after a window's time, the heap does not age, and the number of free runs stays within about a tenth
 * of what it was.
 *
 * Sizes are drawn from the lengths that the holes have, each as often as it occurs, from the shorter half where
 * lengths differ: worst fit, which levels the longest runs, could not serve longer ones steadily. Every second request
 * is one unit shorter, so that runs are split and merged under best fit and with equal lengths too.
 */
import { MemoryManager, type FitName } from '../src/index.ts';
import type { Round } from './measure/lane.ts';
import { Xorshift32 } from '../src/xorshift.ts';

/** Lengths of the free runs, in address order. */
export const PATTERNS = ['equal', 'rising', 'random'] as const;
export type Pattern = (typeof PATTERNS)[number];

/** One heap to measure. */
export interface TableLane {
  readonly fit: FitName;
  readonly pattern: Pattern;
  readonly freeRuns: number;
}

const UNIT = 16;
const EQUAL_UNITS = 4;
const LONGEST_UNITS = 256;
const STREAM = 8192;
const SEED = 12_345;

export function share(): undefined {
  return undefined;
}

export function prepare({ fit, pattern, freeRuns }: TableLane): Round {
  const lengths = lengthsOf(pattern, freeRuns);
  const heap = heapWithHoles(fit, lengths);
  const sizes = requestsFor(lengths);
  const window = Array.from({ length: freeRuns / 10 }, (_, index) => take(heap, sizes[index % STREAM]));
  let oldest = 0;
  let next = 0;
  return (count) => {
    for (let i = 0; i < count; i++) {
      heap.deallocate(window[oldest]);
      window[oldest] = take(heap, sizes[next]);
      oldest = oldest + 1 === window.length ? 0 : oldest + 1;
      next = (next + 1) % STREAM;
    }
  };
}

/** Units of each hole. */
export function lengthsOf(pattern: Pattern, count: number): number[] {
  const random = new Xorshift32(SEED);
  const length = {
    equal: () => EQUAL_UNITS,
    rising: (index: number) => 1 + Math.floor((index * LONGEST_UNITS) / count),
    random: () => 1 + random.below(LONGEST_UNITS),
  }[pattern];
  return Array.from({ length: count }, (_, index) => length(index));
}

function heapWithHoles(fit: FitName, lengths: number[]): MemoryManager {
  const units = lengths.reduce((total, length) => total + length + 1, 0);
  const heap = new MemoryManager(units * UNIT, { fit, slabs: false });
  // Under every fit, blocks taken from one untouched run lie one behind the other.
  const holes = lengths.map((length) => {
    const hole = take(heap, length * UNIT);
    take(heap, UNIT);
    return hole;
  });
  for (const hole of holes) heap.deallocate(hole);
  return heap;
}

function requestsFor(lengths: number[]): Int32Array {
  const random = new Xorshift32(SEED);
  const sorted = lengths.toSorted((a, b) => a - b);
  const choice = sorted[0] === sorted.at(-1) ? sorted : sorted.slice(0, sorted.length >> 1);
  return Int32Array.from({ length: STREAM }, (_, index) => {
    const length = choice[random.below(choice.length)];
    return Math.max(1, length - (index & 1)) * UNIT;
  });
}

function take(heap: MemoryManager, size: number): number {
  const address = heap.allocate(size);
  if (address === null) throw new Error(`no free run of ${size} bytes`);
  return address;
}
