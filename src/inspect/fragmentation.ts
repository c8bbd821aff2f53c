/**
 * Fragmentation as a program feels it: which share of the free memory is of use to a request of a given size.
 *
 * One number for a whole heap hides that memory in pieces is no loss to small requests and useless to large ones. The
 * measure is the complement of Gorman and Whitcroft's unusable free space index ("The What, The Why and the Where To of
 * Anti-Fragmentation", 2006): bytes in free runs of at least that size, of all bytes in free runs.
 */
import { sum } from '../sum.ts';
import type { InspectableHeap } from './heap-cells.ts';

export interface SizeFragmentation {
  /** Bytes of a request, a power of two. */
  readonly size: number;
  /** Of the free bytes, those in runs that could serve it: 1 = all. 0 when nothing is free. */
  readonly usableShare: number;
  /** Free runs that could serve it. */
  readonly runs: number;
}

const LEAST_SIZE = 16;

/** For powers of two from 16 bytes up to the first that no free run could serve. */
export function fragmentationBySize(heap: InspectableHeap): SizeFragmentation[] {
  const runs = Array.from(heap.freeRuns(), ({ size }) => size);
  const total = sum(runs);
  const rows: SizeFragmentation[] = [];
  for (let size = LEAST_SIZE, usable = runs; ; size *= 2) {
    const least = size;
    usable = usable.filter((run) => run >= least);
    rows.push({ size, usableShare: total === 0 ? 0 : sum(usable) / total, runs: usable.length });
    if (usable.length === 0) return rows;
  }
}
