import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { BAND_LIMITS, bandOf, heapCells, type HeapCell } from '../../src/inspect/heap-cells.ts';
import { sum } from '../../src/sum.ts';

const bytesOf = ({ live, free, held }: HeapCell) => sum(live) + free + held;

describe('the cells of a heap', () => {
  it('account for every byte as live, free or held, whatever the heap has been through', () => {
    const requests = fc.array(fc.tuple(fc.nat(20_000), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 500 }), fc.boolean(), (steps, mostCells, slabs) => {
        using heap = new MemoryManager(1 << 20, { slabs });
        for (const [size, isKept] of steps) {
          const address = heap.allocate(size);
          if (address !== null && !isKept) heap.deallocate(address);
        }
        const { cells, cellBytes, byteLength } = heapCells(heap, mostCells);
        const { liveBytes, freeBytes } = heap.stats();
        expect(cells.length).toBeLessThanOrEqual(mostCells);
        expect(byteLength).toBe(heap.byteLength);
        expect(sum(cells.map(bytesOf))).toBe(byteLength);
        expect(cells.slice(0, -1).every((cell) => bytesOf(cell) === cellBytes)).toBe(true);
        expect(sum(cells.flatMap(({ live }) => live))).toBe(liveBytes);
        expect(sum(cells.map(({ free }) => free))).toBe(freeBytes);
      }),
      { numRuns: 40 },
    );
  });

  it('hold a block where it lies, in the band of its size', () => {
    using heap = new MemoryManager(64 * 1024, { slabs: false });
    heap.allocate(4096);
    heap.allocate(16 * 1024);
    const { cells, cellBytes } = heapCells(heap, 16);
    expect(cellBytes).toBe(4096);
    expect(cells[0]).toEqual({ live: [0, 0, 4096, 0], inSlots: 0, free: 0, held: 0 });
    expect(cells[4]).toEqual({ live: [0, 0, 0, 4096], inSlots: 0, free: 0, held: 0 });
    expect(cells[5]).toEqual({ live: [0, 0, 0, 0], inSlots: 0, free: 4096, held: 0 });
  });

  it('show what a slab keeps for blocks to come as held', () => {
    using heap = new MemoryManager(1 << 20, { slabs: true });
    heap.allocate(100);
    const { usedBytes, liveBytes } = heap.stats();
    expect(usedBytes).toBeGreaterThan(liveBytes);
    const { cells } = heapCells(heap, 64);
    expect(sum(cells.map(({ held }) => held))).toBe(usedBytes - liveBytes);
    expect(sum(cells.map(({ inSlots }) => inSlots))).toBe(liveBytes);
  });

  it('cut off what two snapshots of a heap in motion claim twice', () => {
    const stats = new MemoryManager(1024, { slabs: false }).stats();
    const address = stats.metadataBytes;
    const torn = {
      stats: () => stats,
      blocks: () => [{ address, size: 1024, kind: 'block' as const }],
      freeRuns: () => [{ address, size: 4096 }],
    };
    const { cells } = heapCells(torn, 1);
    expect(cells).toEqual([{ live: [0, 1024, 0, 0], inSlots: 0, free: 0, held: 0 }]);
  });

  it('put a size into the first band that reaches it', () => {
    expect([0, 128, 129, 1024, 8192, 8193].map(bandOf)).toEqual([0, 0, 1, 1, 2, 3]);
    expect(BAND_LIMITS.at(-1)).toBe(Infinity);
  });
});
