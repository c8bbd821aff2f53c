/** Images of heaps beyond 4 GiB, and of heaps that grow. Memory that is not touched costs nothing, here and there. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AllocatorError, MemoryManager, type MemoryManagerOptions } from '../../src/index.ts';
import { expectPattern, fillWithPattern } from '../support/pattern.ts';

const GIB = 2 ** 30;
const MIB = 2 ** 20;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'threadheap-image-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A heap of that size; undefined, with a warning, if this engine has none. */
function reserve(byteLength: number, options: MemoryManagerOptions): MemoryManager | undefined {
  try {
    return new MemoryManager(byteLength, options);
  } catch (error) {
    if (!(error instanceof AllocatorError && error.code === 'BAD_SIZE')) throw error;
    console.warn(`skipped: ${error.message}`);
    return undefined;
  }
}

test.each([
  { title: 'a fixed heap', blockSize: 6 * GIB, options: { slabs: true } },
  { title: 'a heap that may grow', blockSize: 6 * GIB, options: { slabs: true, maxByteLength: 7 * GIB } },
])(
  '$title with blocks beyond 4 GiB is saved and loaded; what was never written takes no room',
  ({ blockSize, options }) => {
    using heap = reserve(blockSize, options);
    if (heap === undefined) return;
    const untouched = heap.allocate(64 * MIB)!;
    const gap = heap.allocate(5 * GIB)!;
    const beyond = [heap.allocate(100_000)!, heap.allocate(40)!];
    heap.deallocate(gap);
    for (const address of beyond) fillWithPattern(heap, address, address);
    expect(Math.min(...beyond)).toBeGreaterThan(4 * GIB);
    heap.root = beyond[1];
    const file = join(folder, 'large.image');
    const { byteLength, liveBytes } = heap.save(file);
    expect(liveBytes).toBeGreaterThan(64 * MIB);
    expect(byteLength).toBe(statSync(file).size);
    expect(byteLength).toBeLessThan(3 * MIB);
    using loaded = MemoryManager.load(file);
    loaded.check();
    for (const address of beyond) expectPattern(loaded, address, address);
    expect(loaded.root).toBe(beyond[1]);
    expect([...loaded.blocks()]).toEqual([...heap.blocks()]);
    expect(loaded.sizeOf(untouched)).toBe(64 * MIB);
    expect([loaded.byteLength, loaded.maxByteLength]).toEqual([heap.byteLength, heap.maxByteLength]);
  },
  60_000,
);

test('a block larger than the window through which bytes are copied is copied whole', () => {
  using heap = reserve(3 * GIB, { slabs: false });
  if (heap === undefined) return;
  const size = 2 * GIB + 4096;
  const address = heap.allocate(size)!;
  const places = [0, GIB - 8, GIB, 2 * GIB - 16, 2 * GIB, size - 16].map((offset) => address + offset);
  for (const place of places) heap.write(place, [place % 251, 1, 2, 3, 4, 5, 6, 7]);
  using loaded = MemoryManager.load(heap.image());
  for (const place of places) expect([...loaded.read(place, 8)]).toEqual([place % 251, 1, 2, 3, 4, 5, 6, 7]);
});

test('a heap that has grown is loaded with the size that it had, and grows on', () => {
  using heap = new MemoryManager(MIB, { maxByteLength: 8 * MIB });
  const first = heap.allocate(2 * MIB)!;
  fillWithPattern(heap, first, first);
  const grown = heap.byteLength;
  expect(grown).toBe(2 * MIB);
  using loaded = MemoryManager.load(heap.image());
  expect([loaded.byteLength, loaded.maxByteLength]).toEqual([grown, 8 * MIB]);
  expect(loaded.buffer.byteLength).toBe(heap.buffer.byteLength);
  expectPattern(loaded, first, first);
  expect(loaded.allocate(5 * MIB)).not.toBeNull();
  expect(loaded.allocate(5 * MIB)).toBeNull();
  loaded.check();
});

test('a loaded heap is another heap: both are attached to, apart', () => {
  using heap = new MemoryManager(MIB);
  const address = heap.allocate(100)!;
  using loaded = MemoryManager.load(heap.image());
  using again = MemoryManager.attach(loaded.handle);
  expect(again).toBe(loaded);
  expect(MemoryManager.attach(heap.handle)).toBe(heap);
  heap.detach();
  loaded.deallocate(address);
  expect(heap.sizeOf(address)).toBeGreaterThanOrEqual(100);
});
