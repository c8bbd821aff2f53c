/**
 * A heap as a row of equal cells, each with what lies in it: what maps are drawn from.
 *
 *   memory   │ slab: ▮▮▯▮▯▯ │ block ▮▮▮▮▮▮▮▮ │ free          │
 *   cells    ├── live 3, held 3 ─┼─ live 6 ──┼─ live 2, free 4 ─┤
 *
 * In every cell: live + free + held = bytes of the cell, where `live` is counted by size band, `free` lies in free runs,
 * and `held` is the rest: memory that a slab keeps for small blocks to come. Blocks and free runs are two snapshots;
 * while other threads work they may contradict each other, and what exceeds a cell is cut off.
 */
import { sum } from '../sum.ts';
import type { HeapStats } from './stats.ts';
import type { BlockInfo, FreeRunInfo } from './walk.ts';

/** What is asked of a heap that is looked at: a MemoryManager, or whatever tells the same. */
export interface InspectableHeap {
  stats(): HeapStats;
  blocks(): Iterable<BlockInfo>;
  freeRuns(): Iterable<FreeRunInfo>;
}

/** Largest size of each band, in bytes; the last has none. */
export const BAND_LIMITS: readonly number[] = [128, 1024, 8192, Infinity];
export const BAND_COUNT: number = BAND_LIMITS.length;
export const BAND_NAMES: readonly string[] = ['up to 128 B', 'up to 1 KiB', 'up to 8 KiB', 'larger'];

export interface HeapCell {
  /** Bytes of live blocks, by band. */
  readonly live: readonly number[];
  /** Of the live bytes, those in slots of slabs. */
  readonly inSlots: number;
  /** Bytes in free runs. */
  readonly free: number;
  /** Bytes that slabs keep for blocks to come. */
  readonly held: number;
}

/** All of a heap's memory, in address order. */
export interface HeapCells {
  /** Address of the first byte. */
  readonly base: number;
  readonly byteLength: number;
  /** Bytes of each cell, a power of two; the last cell may have fewer. */
  readonly cellBytes: number;
  readonly cells: readonly HeapCell[];
}

const LEAST_CELL_BYTES = 16;

export function bandOf(size: number): number {
  return BAND_LIMITS.findIndex((limit) => size <= limit);
}

/** @param mostCells - at least 1; so many cells there are at most */
export function heapCells(heap: InspectableHeap, mostCells: number): HeapCells {
  const { byteLength, metadataBytes: base } = heap.stats();
  let cellBytes = LEAST_CELL_BYTES;
  while (Math.ceil(byteLength / cellBytes) > mostCells) cellBytes *= 2;
  const tally = new Tally(base, byteLength, cellBytes);
  for (const block of heap.blocks()) tally.addLive(block);
  for (const { address, size } of heap.freeRuns()) tally.addFree(address, size);
  return { base, byteLength, cellBytes, cells: tally.cells() };
}

/** Bytes counted per cell. */
class Tally {
  readonly #base: number;
  readonly #byteLength: number;
  readonly #cellBytes: number;
  readonly #live: Float64Array[];
  readonly #inSlots: Float64Array;
  readonly #free: Float64Array;

  constructor(base: number, byteLength: number, cellBytes: number) {
    const count = Math.ceil(byteLength / cellBytes);
    this.#base = base;
    this.#byteLength = byteLength;
    this.#cellBytes = cellBytes;
    this.#live = BAND_LIMITS.map(() => new Float64Array(count));
    this.#inSlots = new Float64Array(count);
    this.#free = new Float64Array(count);
  }

  addLive({ address, size, kind }: BlockInfo): void {
    this.#spread(this.#live[bandOf(size)], address, size);
    if (kind === 'slot') this.#spread(this.#inSlots, address, size);
  }

  addFree(address: number, size: number): void {
    this.#spread(this.#free, address, size);
  }

  cells(): HeapCell[] {
    return Array.from(this.#free, (free, index) => this.#cell(index, free));
  }

  #cell(index: number, listedFree: number): HeapCell {
    let room = Math.min(this.#cellBytes, this.#byteLength - index * this.#cellBytes);
    const take = (bytes: number): number => {
      const taken = Math.min(bytes, room);
      room -= taken;
      return taken;
    };
    const live = this.#live.map((band) => take(band[index]));
    const inSlots = Math.min(this.#inSlots[index], sum(live));
    return { live, inSlots, free: take(listedFree), held: room };
  }

  /** Adds to each cell the bytes of the range that lie in it. */
  #spread(cells: Float64Array, address: number, size: number): void {
    const end = Math.min(address - this.#base + size, this.#byteLength);
    let at = address - this.#base;
    while (at < end) {
      const cell = Math.floor(at / this.#cellBytes);
      const next = Math.min(end, (cell + 1) * this.#cellBytes);
      cells[cell] += next - at;
      at = next;
    }
  }
}
