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

test.each([{ slabs: true }, { slabs: false }])(
  'a moved block lies at the alignment that is asked for, %o',
  (options) => {
    using heap = new MemoryManager(512 * KIB, options);
    const sizes = [16, 100, 900, 5_000, 20_000];
    for (const alignment of [16, 64, 256, 1024, 4096, 65_536]) {
      for (const before of sizes) {
        for (const after of sizes) {
          heap.allocate(16); // so that the next block is likely to lie wrong
          const block = heap.allocate(before)!;
          fillWithPattern(heap, block, before);
          const kept = heap.read(block, Math.min(before, after));
          const there = heap.reallocate(block, after, { alignment });
          if (there === null) expect.fail(`no room for ${after} bytes at ${alignment}`);
          expect(there % alignment).toBe(0);
          expect(Buffer.compare(heap.read(there, kept.length), kept)).toBe(0);
          heap.deallocate(there);
        }
      }
    }
    heap.check();
  },
);

test('a block that lies wrong and finds no other place is as it was', () => {
  using heap = new MemoryManager(64 * KIB, { slabs: false });
  const first = heap.allocate(16)!;
  const block = heap.allocate(63 * KIB)!;
  fillWithPattern(heap, block, block);
  const bytes = heap.read(block, 63 * KIB);
  expect(heap.reallocate(block, 62 * KIB, { alignment: 65_536 })).toBeNull();
  expect(Buffer.compare(heap.read(block, 63 * KIB), bytes)).toBe(0);
  heap.deallocate(first);
});

test.each([{ slabs: true }, { slabs: false }])('what a zeroed block gains is zero, wherever it goes, %o', (options) => {
  for (const before of [16, 100, 1000, 9000, 30_000]) {
    for (const after of [16, 32, 150, 1100, 9500, 40_000]) {
      using heap = new MemoryManager(256 * KIB, options);
      const dirty = Array.from({ length: 10 }, () => heap.allocate(20 * KIB)!);
      for (const address of dirty) heap.write(address, new Uint8Array(20 * KIB).fill(0xff));
      for (const address of dirty) heap.deallocate(address);
      const block = heap.allocate(before, { zeroed: true })!;
      const usable = heap.sizeOf(block);
      const there = heap.reallocate(block, after, { zeroed: true })!;
      const isZero = heap.read(there, heap.sizeOf(there)).every((byte) => byte === 0);
      expect({ before, after, usable, isZero }).toEqual({ before, after, usable, isZero: true });
      heap.check();
    }
  }
});

test.each([1.1, 1.5, 2])('a block that grows by %f reaches the end of the memory', (factor) => {
  using heap = new MemoryManager(64 * KIB, { slabs: false, maxByteLength: 4096 * KIB });
  for (let index = 0; index < 5; index++) heap.allocate(10 * KIB);
  const others = 50 * KIB;
  let block = heap.allocate(10 * KIB)!;
  let size = 10 * KIB;
  for (;;) {
    const next = Math.min(Math.ceil((size * factor) / 16) * 16, 4096 * KIB - others);
    if (next === size) break;
    const there = heap.reallocate(block, next);
    if (there === null) expect.fail(`${next} bytes do not fit`);
    expect(there).toBe(block);
    [block, size] = [there, next];
  }
  expect(heap.byteLength).toBe(4096 * KIB);
  heap.check();
});
