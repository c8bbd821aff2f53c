import { describe, expect, test } from 'vitest';
import { AllocatorError, MemoryManager, MemoryManagerInterface } from '../../src/index.ts';
import { shown } from '../../src/allocator-error.ts';
import { errorOf } from '../support/misuse.ts';

describe('a new heap', () => {
  test('is one free run of blockSize bytes, rounded up to whole units', () => {
    using heap = new MemoryManager(1000, { slabs: false });
    expect(heap.byteLength).toBe(1008);
    expect(heap.maxByteLength).toBe(1008);
    expect(Array.from(heap.freeRuns(), ({ size }) => size)).toEqual([1008]);
    expect([...heap.blocks()]).toEqual([]);
    expect(heap.stats()).toEqual({
      byteLength: 1008,
      metadataBytes: heap.buffer.byteLength - 1008,
      liveBytes: 0,
      usedBytes: 0,
      peakUsedBytes: 0,
      freeBytes: 1008,
      freeRuns: 1,
      largestFreeRun: 1008,
      externalFragmentation: 0,
      threads: 1,
      lockWaits: 0,
      lockSeizures: 0,
    });
    heap.check();
  });

  test('is a MemoryManagerInterface', () => {
    using heap: MemoryManagerInterface & Disposable = new MemoryManager(4096);
    expect(heap).toBeInstanceOf(MemoryManagerInterface);
    const address = heap.allocate(3)!;
    heap.write(address, [1, 2, 3]);
    expect([...heap.read(address, 3)]).toEqual([1, 2, 3]);
    heap.deallocate(address);
  });

  test('uses first-fit unless told otherwise', () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const [first] = [heap.allocate(32)!, heap.allocate(16)!];
    heap.deallocate(first);
    expect(heap.allocate(16)).toBe(first);
    heap.check();
  });
});

describe('stats', () => {
  test('show external fragmentation as the part of free memory outside the longest run', () => {
    using heap = new MemoryManager(160, { slabs: false });
    const blocks = Array.from({ length: 10 }, () => heap.allocate(16)!);
    expect(heap.stats()).toMatchObject({ freeBytes: 0, largestFreeRun: 0, externalFragmentation: 0 });
    for (const index of [0, 2, 3, 4]) heap.deallocate(blocks[index]);
    expect(heap.stats()).toMatchObject({ freeRuns: 2, freeBytes: 64, largestFreeRun: 48, externalFragmentation: 0.25 });
    expect(heap.stats()).toMatchObject({ usedBytes: 96, liveBytes: 96, peakUsedBytes: 160 });
    heap.check();
  });
});

describe('memory handed out', () => {
  test('is the buffer itself: a typed array over it is legal use', () => {
    using heap = new MemoryManager(4096);
    const address = heap.allocate(64)!;
    new Float64Array(heap.buffer, address, 8).set([1, 2, 3]);
    expect([...heap.view(Float64Array, address, 3)]).toEqual([1, 2, 3]);
    expect(heap.handle.buffer).toBe(heap.buffer);
    heap.check();
  });

  test('holds what was there before unless it is asked for zeroed', () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const first = heap.allocate(64)!;
    heap.write(first, new Uint8Array(64).fill(9));
    heap.deallocate(first);
    expect(heap.allocate(64)).toBe(first);
    expect(heap.read(first, 64).every((byte) => byte === 9)).toBe(true);
    heap.deallocate(first);
    expect(heap.allocate(60, { zeroed: true })).toBe(first);
    expect(heap.read(first, 64).every((byte) => byte === 0)).toBe(true);
    heap.check();
  });

  test('is cleared to its end and no further', () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const [gap, next] = [heap.allocate(64)!, heap.allocate(64)!];
    heap.write(next, new Uint8Array(64).fill(9));
    heap.deallocate(gap);
    expect(heap.allocate(64, { zeroed: true })).toBe(gap);
    expect(heap.read(next, 64).every((byte) => byte === 9)).toBe(true);
    heap.check();
  });
});

describe('reallocate', () => {
  test('shrinks in place and frees the rest', () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const [block, next] = [heap.allocate(128)!, heap.allocate(16)!];
    heap.write(block, [1, 2, 3]);
    expect(heap.reallocate(block, 16)).toBe(block);
    expect(heap.sizeOf(block)).toBe(16);
    expect([...heap.freeRuns()][0]).toEqual({ address: block + 16, size: 112 });
    expect([...heap.read(block, 3)]).toEqual([1, 2, 3]);
    heap.deallocate(next);
    heap.check();
  });

  test('moves when the memory behind is taken, and frees the old place', () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const [block] = [heap.allocate(16)!, heap.allocate(16)!];
    heap.write(block, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    const moved = heap.reallocate(block, 200)!;
    expect(moved).not.toBe(block);
    expect(heap.read(moved, 16).at(-1)).toBe(16);
    expect(errorOf(() => heap.deallocate(block)).code).toBe('DOUBLE_FREE');
    heap.check();
  });

  test('to 0 bytes leaves a smallest block', () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const block = heap.allocate(128)!;
    expect(heap.reallocate(block, 0)).toBe(block);
    expect(heap.sizeOf(block)).toBe(16);
    heap.check();
  });
});

describe('the root', () => {
  test('is 0 at first and holds an address that one thread publishes once', () => {
    using heap = new MemoryManager(4096);
    expect(heap.root).toBe(0);
    const [one, two] = [heap.allocate(8)!, heap.allocate(8)!];
    expect(heap.compareExchangeRoot(0, one)).toBe(true);
    expect(heap.compareExchangeRoot(0, two)).toBe(false);
    expect(heap.root).toBe(one);
    heap.root = two;
    expect(heap.root).toBe(two);
    expect(heap.compareExchangeRoot(two, 0)).toBe(true);
    expect(heap.root).toBe(0);
    heap.check();
  });
});

describe('an error', () => {
  test('is an AllocatorError with a stable code', () => {
    const error = new AllocatorError('BAD_SIZE', 'too odd');
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'AllocatorError', code: 'BAD_SIZE', message: 'too odd' });
  });

  test('shows long strings shortened', () => {
    expect(shown('x'.repeat(40))).toBe(`"${'x'.repeat(40)}"`);
    expect(shown('x'.repeat(41))).toBe(`"${'x'.repeat(40)}…"`);
  });

  test('shows what has no text of its own without calling it', () => {
    const trap = Object.create(null) as object;
    expect(shown(trap)).toBe('an object');
    expect(shown(Symbol('s'))).toBe('Symbol(s)');
  });
});
