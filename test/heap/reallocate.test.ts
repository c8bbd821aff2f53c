import { expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { fillWithPattern } from '../support/pattern.ts';

const KIB = 1024;

/** A block of 40 KiB at the start of 64, and behind it slabs of this thread in which nothing is live. */
function blockBeforeEmptySlabs(): { heap: MemoryManager; block: number } {
  const heap = new MemoryManager(64 * KIB, { slabs: true });
  const block = heap.allocate(40 * KIB)!;
  const small = Array.from({ length: 300 }, () => heap.allocate(64)!);
  for (const address of small) heap.deallocate(address);
  fillWithPattern(heap, block, block);
  return { heap, block };
}

test.each([41, 50, 64])('a block grows to %i KiB where it is, into slabs that are empty', (size) => {
  const { heap, block } = blockBeforeEmptySlabs();
  const bytes = heap.read(block, 40 * KIB);
  expect(heap.reallocate(block, size * KIB)).toBe(block);
  expect(Buffer.compare(heap.read(block, 40 * KIB), bytes)).toBe(0);
  expect(heap.sizeOf(block)).toBe(size * KIB);
  heap.check();
  heap.detach();
});

test('a block that cannot grow even then stays as it was', () => {
  const { heap, block } = blockBeforeEmptySlabs();
  const last = heap.allocate(64)!;
  expect(heap.reallocate(block, 64 * KIB)).toBeNull();
  expect(heap.reallocate(block, 65 * KIB)).toBeNull();
  expect(heap.reallocate(block, 2 ** 45)).toBeNull();
  expect([heap.sizeOf(block), heap.sizeOf(last)]).toEqual([40 * KIB, 64]);
  heap.check();
  heap.detach();
});

test('a block at the end grows with the memory rather than that it moves', () => {
  const heap = new MemoryManager(64 * KIB, { slabs: true, maxByteLength: 256 * KIB });
  const block = heap.allocate(64 * KIB)!;
  expect(heap.reallocate(block, 200 * KIB)).toBe(block);
  expect(heap.reallocate(block, 257 * KIB)).toBeNull();
  heap.check();
  heap.detach();
});
