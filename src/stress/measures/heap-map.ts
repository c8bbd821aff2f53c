/**
 * A picture of the heap at one moment: how many blocks of which size, how long the free runs are, and what each stretch
 * of the memory is used for. Taken by a worker that is attached; the lock is held twice, for the blocks and for the
 * free runs, so where others work the two may differ by what changed between.
 */
import type { MemoryManager } from '../../index.ts';
import { heapCells } from '../../inspect/heap-cells.ts';
import { HeapSnapshot } from '../../inspect/heap-snapshot.ts';
import { sum } from '../../sum.ts';
import type { HeapMap, SizeCount } from '../results/stress-result.ts';

const MOST_CELLS = 512;
/** Larger blocks, and free runs, are gathered by doublings. */
const OWN_ENTRY_LIMIT = 8192;

export function mapHeap(heap: MemoryManager): HeapMap {
  const snapshot = new HeapSnapshot(heap);
  const { byteLength, cellBytes, cells } = heapCells(snapshot, MOST_CELLS);
  const { usedBytes } = snapshot.stats();
  const blocks = snapshot.blocks();
  return {
    byteLength,
    usedBytes,
    liveBytes: sum(blocks.map(({ size }) => size)),
    blocks: countedBySize(blocks),
    freeRuns: countedBySize(snapshot.freeRuns().map(({ size }) => ({ kind: 'free', size }))),
    cellBytes,
    cells,
  };
}

/** From small to large. */
function countedBySize(stretches: readonly { kind: SizeCount['kind']; size: number }[]): SizeCount[] {
  const entries = new Map<string, { kind: SizeCount['kind']; upTo: number; count: number; bytes: number }>();
  for (const { kind, size } of stretches) {
    const isGathered = kind === 'free' || size > OWN_ENTRY_LIMIT;
    const upTo = isGathered ? 2 ** Math.ceil(Math.log2(size)) : size;
    const key = `${kind} ${upTo}`;
    const entry = entries.get(key) ?? { kind, upTo, count: 0, bytes: 0 };
    entry.count++;
    entry.bytes += size;
    entries.set(key, entry);
  }
  return [...entries.values()].toSorted((a, b) => a.upTo - b.upTo);
}
