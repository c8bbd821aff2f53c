import { describe, expect, it } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { fragmentationBySize } from '../../src/inspect/fragmentation.ts';

describe('fragmentation by size', () => {
  it('says that all of an empty heap serves any request up to its size, and nothing a larger one', () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const rows = fragmentationBySize(heap);
    expect(rows.map(({ size }) => size)).toEqual([16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192]);
    expect(rows.map(({ usableShare }) => usableShare)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
  });

  it('counts a free run for the requests that it could serve', () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const [first] = [heap.allocate(256)!, heap.allocate(3072)];
    heap.deallocate(first);
    const rows = new Map(fragmentationBySize(heap).map((row) => [row.size, row]));
    expect(rows.get(256)).toEqual({ size: 256, usableShare: 1, runs: 2 });
    expect(rows.get(512)).toEqual({ size: 512, usableShare: 0.75, runs: 1 });
    expect(rows.get(1024)).toEqual({ size: 1024, usableShare: 0, runs: 0 });
  });

  it('has one row, of nothing, for a full heap', () => {
    using heap = new MemoryManager(4096, { slabs: false });
    heap.allocate(4096);
    expect(fragmentationBySize(heap)).toEqual([{ size: 16, usableShare: 0, runs: 0 }]);
  });
});
