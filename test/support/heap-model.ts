/**
 * What a heap should be: a plain Map from addresses to contents and, where blocks come from the table alone, a naive
 * table that says where each block may lie.
 */
import { expect } from 'vitest';
import type { BlockInfo, MemoryManager } from '../../src/index.ts';
import { SLAB_UNIT_BYTES, SLOT_STEP_BYTES as UNIT_BYTES } from '../../src/layout/regions.ts';
import { SMALL_LIMIT } from '../../src/slab/size-class.ts';
import { isTableOnly, makeHeap, expectAllFree, type HeapSetup } from './heap-options.ts';
import { NaiveTable, type Segment } from './naive-table.ts';
import { patternOf } from './pattern.ts';
import { picked, type Pick } from './property.ts';

const unitsFor = (byteLength: number) => Math.max(1, Math.ceil(byteLength / UNIT_BYTES));

export class HeapModel {
  readonly setup: HeapSetup;
  /** Start of each live block → what all its usable bytes hold. */
  readonly live: Map<number, Uint8Array<ArrayBuffer>> = new Map();
  readonly naive: NaiveTable | undefined;
  readonly base: number;
  #lastIdentity = 0;

  constructor(setup: HeapSetup, heap: MemoryManager) {
    this.setup = setup;
    this.base = heap.stats().metadataBytes;
    if (isTableOnly(setup)) {
      this.naive = new NaiveTable(unitsFor(heap.byteLength), unitsFor(heap.maxByteLength));
    }
  }

  /** The start of one of the live blocks. */
  pickLive(choice: Pick): number {
    return picked([...this.live.keys()], choice);
  }

  /** Fills a new block with a pattern of its own, after what it holds from `kept` on became irrelevant. */
  adopt(heap: MemoryManager, address: number, kept: Uint8Array = new Uint8Array()): void {
    const size = heap.sizeOf(address);
    const content = patternOf(++this.#lastIdentity, size);
    content.set(kept.subarray(0, size));
    heap.write(address, content);
    this.live.set(address, content);
  }

  /** An allocation was answered with `address`: whether that was right, and what it changes. */
  allocated(address: number | null, size: number, alignment: number): void {
    const { naive } = this;
    if (naive === undefined) return;
    const [unitCount, unitAlignment] = [unitsFor(size), Math.max(alignment, UNIT_BYTES) / UNIT_BYTES];
    const placements = this.#placementsAfterGrowth(naive, unitCount, unitAlignment);
    expect(placements.length === 0 ? [null] : placements.map((unit) => this.#addressOf(unit))).toContain(address);
    if (address !== null) naive.place(this.#unitAt(address), unitCount);
  }

  #placementsAfterGrowth(naive: NaiveTable, unitCount: number, alignment: number): number[] {
    const fit = this.setup.fit!;
    const placements = naive.placements(fit, unitCount, alignment);
    const target = naive.grownFor(unitCount, unitCount + alignment - 1);
    if (placements.length > 0 || target === undefined) return placements;
    naive.extend(target);
    return naive.placements(fit, unitCount, alignment);
  }

  freed(address: number): void {
    this.live.delete(address);
    this.naive?.giveBack(this.#unitAt(address));
  }

  /** A block was resized to `size` and lies at `moved` now; `null` if that was refused. */
  reallocated(address: number, moved: number | null, size: number): void {
    const { naive } = this;
    if (naive === undefined) return;
    const [block, unitCount] = [this.#unitAt(address), unitsFor(size)];
    if (naive.canResize(block, unitCount)) {
      expect(moved).toBe(address);
      naive.resize(block, unitCount);
    } else if (moved === address) {
      this.#growInPlace(naive, block, unitCount);
    } else {
      if (moved === null) expect(this.#targetInPlace(naive, block, unitCount)).toBeUndefined();
      this.allocated(moved, size, UNIT_BYTES);
      if (moved !== null) naive.giveBack(block);
    }
  }

  /** How large the heap must become for the block to grow where it is, if it lies at the end. */
  #targetInPlace(naive: NaiveTable, block: number, unitCount: number): number | undefined {
    const { length } = naive.blocks.find(({ start }) => start === block)!;
    const added = unitCount - length;
    return block + length === naive.tail ? naive.grownFor(added, added) : undefined;
  }

  #growInPlace(naive: NaiveTable, block: number, unitCount: number): void {
    const target = this.#targetInPlace(naive, block, unitCount);
    expect(target).toBeDefined();
    naive.extend(target!);
    expect(naive.canResize(block, unitCount)).toBe(true);
    naive.resize(block, unitCount);
  }

  /** Slots are what small blocks are; blocks of the table come in whole units, and may have shrunk. */
  #mayBe({ kind, size }: BlockInfo): boolean {
    if (kind === 'slot') return this.naive === undefined && size <= SMALL_LIMIT;
    return size % (this.naive === undefined ? SLAB_UNIT_BYTES : UNIT_BYTES) === 0;
  }

  #unitAt(address: number): number {
    return (address - this.base) / UNIT_BYTES;
  }

  #addressOf(unit: number): number {
    return this.base + unit * UNIT_BYTES;
  }

  /** Verifies the heap's bookkeeping, its own view of blocks and free runs, and every byte of every block. */
  verify(heap: MemoryManager): void {
    heap.check();
    const blocks = [...heap.blocks()];
    expect(new Set(blocks.map(({ address }) => address))).toEqual(new Set(this.live.keys()));
    let end = this.base;
    for (const block of blocks) {
      const { address, size } = block;
      const content = this.live.get(address)!;
      if (address < end) expect.fail(`block at ${address} begins before the end of the one before, ${end}`);
      if (size !== content.length) expect.fail(`block at ${address} has ${size} bytes, not ${content.length}`);
      if (!this.#mayBe(block)) expect.fail(`block at ${address} of ${size} bytes is no ${block.kind}`);
      if (Buffer.compare(heap.read(address, size), content) !== 0) expect.fail(`block at ${address} has other bytes`);
      end = address + size;
    }
    expect(end).toBeLessThanOrEqual(this.base + heap.byteLength);
    this.#verifyNumbers(heap);
    if (this.naive !== undefined) this.#verifyPlaces(heap, this.naive);
  }

  #verifyNumbers(heap: MemoryManager): void {
    const stats = heap.stats();
    const runs = [...heap.freeRuns()];
    const freeBytes = runs.reduce((sum, { size }) => sum + size, 0);
    const largest = Math.max(0, ...runs.map(({ size }) => size));
    expect(stats).toMatchObject({
      byteLength: heap.byteLength,
      liveBytes: [...this.live.values()].reduce((sum, { length }) => sum + length, 0),
      usedBytes: heap.byteLength - freeBytes,
      freeBytes,
      freeRuns: runs.length,
      largestFreeRun: largest,
      externalFragmentation: freeBytes === 0 ? 0 : 1 - largest / freeBytes,
    });
    expect(stats.peakUsedBytes).toBeGreaterThanOrEqual(stats.usedBytes);
  }

  #verifyPlaces(heap: MemoryManager, naive: NaiveTable): void {
    const shown = ({ start, length }: Segment) => ({ address: this.#addressOf(start), size: length * UNIT_BYTES });
    expect(heap.byteLength).toBe(naive.unitCount * UNIT_BYTES);
    expect([...heap.freeRuns()]).toEqual(naive.runs.map(shown));
    expect(Array.from(heap.blocks(), ({ address, size }) => ({ address, size }))).toEqual(naive.blocks.map(shown));
  }

  /** Frees all blocks, every other one first, so that merging has work to do. */
  freeEverything(heap: MemoryManager): void {
    const addresses = [...this.live.keys()];
    const order = [
      ...addresses.filter((_, index) => index % 2 === 0),
      ...addresses.filter((_, index) => index % 2 === 1),
    ];
    for (const address of order) {
      heap.deallocate(address);
      this.freed(address);
    }
    this.verify(heap);
    expectAllFree(this.setup, heap);
  }
}

/** A new heap and its model. */
export function heapAndModel(setup: HeapSetup): { real: MemoryManager; model: HeapModel } {
  const real = makeHeap(setup);
  return { real, model: new HeapModel(setup, real) };
}
