/**
 * A picture of the heap at one moment: how many blocks of which size, how long the free runs are, and what each stretch
 * of the memory is used for. Taken by a worker that is attached; the lock is held twice, for the blocks and for the
 * free runs, so where others work the two may differ by what changed between.
 */
import type { MemoryManager } from '../../index.ts';
import type { HeapMap, MapCell, SizeCount } from '../results/stress-result.ts';

/** A map before it is known when in the run it was taken. */
export type HeapSnapshot = Omit<HeapMap, 'seconds'>;

const MOST_CELLS = 512;
const CELL_STEP = 1024;
/** Larger blocks, and free runs, are gathered by doublings. */
const OWN_ENTRY_LIMIT = 8192;

export function mapHeap(heap: MemoryManager): HeapSnapshot {
  const { byteLength, usedBytes, metadataBytes: base } = heap.stats();
  const cells = new Cells(base, byteLength);
  const blocks = new Sizes();
  const freeRuns = new Sizes();
  let liveBytes = 0;
  for (const { address, size, kind } of heap.blocks()) {
    liveBytes += size;
    blocks.add(kind, size);
    cells.add(kind, address, size);
  }
  for (const { address, size } of heap.freeRuns()) {
    freeRuns.add('free', size);
    cells.add('free', address, size);
  }
  return { byteLength, usedBytes, liveBytes, blocks: blocks.list(), freeRuns: freeRuns.list(), cells: cells.list() };
}

/** Counts by kind and size. */
class Sizes {
  readonly #entries = new Map<string, { kind: SizeCount['kind']; upTo: number; count: number; bytes: number }>();

  add(kind: SizeCount['kind'], size: number): void {
    const isGathered = kind === 'free' || size > OWN_ENTRY_LIMIT;
    const upTo = isGathered ? 2 ** Math.ceil(Math.log2(size)) : size;
    const key = `${kind} ${upTo}`;
    const entry = this.#entries.get(key) ?? { kind, upTo, count: 0, bytes: 0 };
    entry.count++;
    entry.bytes += size;
    this.#entries.set(key, entry);
  }

  list(): SizeCount[] {
    return [...this.#entries.values()].toSorted((a, b) => a.upTo - b.upTo);
  }
}

/** The memory in stretches of equal size. */
class Cells {
  readonly #base: number;
  readonly #byteLength: number;
  readonly #cellBytes: number;
  readonly #bytes: { readonly [kind in SizeCount['kind']]: Float64Array };

  constructor(base: number, byteLength: number) {
    this.#base = base;
    this.#byteLength = byteLength;
    this.#cellBytes = Math.ceil(byteLength / MOST_CELLS / CELL_STEP) * CELL_STEP;
    const newCounts = (): Float64Array => new Float64Array(Math.ceil(byteLength / this.#cellBytes));
    this.#bytes = { slot: newCounts(), block: newCounts(), free: newCounts() };
  }

  /** What the heap has grown by since its length was read is left out. */
  add(kind: SizeCount['kind'], address: number, size: number): void {
    const start = address - this.#base;
    const end = Math.min(start + size, this.#byteLength);
    for (let from = start; from < end;) {
      const cell = Math.floor(from / this.#cellBytes);
      const to = Math.min(end, (cell + 1) * this.#cellBytes);
      this.#bytes[kind][cell] += to - from;
      from = to;
    }
  }

  list(): MapCell[] {
    const { slot, block, free } = this.#bytes;
    return Array.from(slot, (slotBytes, cell) => ({
      offset: cell * this.#cellBytes,
      bytes: Math.min(this.#cellBytes, this.#byteLength - cell * this.#cellBytes),
      slotBytes,
      blockBytes: block[cell],
      freeBytes: free[cell],
    }));
  }
}
