import { describe, expect, test, vi } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { expectPattern, fillWithPattern, patternOf } from '../support/pattern.ts';
import { errorOf } from '../support/misuse.ts';
import { Thread } from '../support/threads.ts';

const KIB = 1024;
const OPTIONS = { slabs: false, maxByteLength: 64 * KIB } as const;

/** An engine that has no more memory, until disposed of. */
function failingGrow(error: Error): Disposable {
  const spy = vi.spyOn(SharedArrayBuffer.prototype, 'grow').mockImplementation(() => {
    throw error;
  });
  return { [Symbol.dispose]: () => spy.mockRestore() };
}

describe('a heap that may grow', () => {
  test('begins with blockSize and ends at maxByteLength, both rounded up to whole units', () => {
    using heap = new MemoryManager(1000, { slabs: false, maxByteLength: 3001 });
    expect([heap.byteLength, heap.maxByteLength]).toEqual([1008, 3008]);
    expect(heap.allocate(2000)).not.toBeNull();
    expect(heap.allocate(1008)).not.toBeNull();
    expect([heap.byteLength, heap.maxByteLength]).toEqual([3008, 3008]);
    expect(heap.allocate(1)).toBeNull();
    heap.check();
  });

  test('without maxByteLength does not', () => {
    using heap = new MemoryManager(KIB, { slabs: false });
    expect(heap.maxByteLength).toBe(KIB);
    expect(heap.buffer.growable).toBe(false);
    expect(heap.allocate(KIB)).not.toBeNull();
    expect(heap.allocate(1)).toBeNull();
    heap.check();
  });

  test('doubles, or grows by what is needed if that is more, and never beyond the limit', () => {
    using heap = new MemoryManager(KIB, OPTIONS);
    heap.allocate(KIB);
    heap.allocate(16);
    expect(heap.byteLength).toBe(2 * KIB);
    heap.allocate(8 * KIB);
    expect(heap.byteLength).toBe(KIB + 16 + 8 * KIB);
    heap.allocate(40 * KIB);
    expect(heap.byteLength).toBe(KIB + 16 + 48 * KIB);
    heap.allocate(KIB);
    expect(heap.byteLength).toBe(64 * KIB);
    heap.check();
  });

  test('uses the free run at its end for what it grows by', () => {
    using heap = new MemoryManager(KIB, OPTIONS);
    const first = heap.allocate(512)!;
    expect(heap.allocate(64 * KIB - 512)).toBe(first + 512);
    expect([...heap.freeRuns()]).toEqual([]);
    heap.check();
  });

  test('does not grow for what would not fit even then', () => {
    using heap = new MemoryManager(KIB, OPTIONS);
    heap.allocate(16);
    expect(heap.allocate(64 * KIB)).toBeNull();
    expect(heap.allocate(64 * KIB + 1)).toBeNull();
    expect(heap.byteLength).toBe(KIB);
    heap.check();
  });

  test('keeps the bytes of its blocks', () => {
    using heap = new MemoryManager(KIB, OPTIONS);
    const blocks = Array.from({ length: 60 }, () => heap.allocate(1000)!);
    for (const [index, address] of blocks.entries()) fillWithPattern(heap, address, index);
    for (const [index, address] of blocks.entries()) expectPattern(heap, address, index);
    heap.check();
  });

  test('clears what it hands out zeroed, old memory and new', () => {
    using heap = new MemoryManager(KIB, OPTIONS);
    const dirty = heap.allocate(KIB)!;
    heap.write(dirty, new Uint8Array(KIB).fill(255));
    heap.deallocate(dirty);
    const zeroed = heap.allocate(4 * KIB, { zeroed: true })!;
    expect(zeroed).toBe(dirty);
    expect(heap.read(zeroed, 4 * KIB).every((byte) => byte === 0)).toBe(true);
    heap.check();
  });

  test('gives null when the engine has no more memory, and goes on when it has', () => {
    using heap = new MemoryManager(KIB, OPTIONS);
    const block = heap.allocate(KIB)!;
    {
      using _ = failingGrow(new RangeError('no more memory'));
      expect(heap.allocate(16)).toBeNull();
      expect(heap.reallocate(block, 2 * KIB)).toBeNull();
      expect(heap.byteLength).toBe(KIB);
      heap.check();
    }
    expect(heap.allocate(16)).toBe(block + KIB);
    heap.check();
  });

  test('passes other errors of the engine on, with the lock free', () => {
    using heap = new MemoryManager(KIB, OPTIONS);
    heap.allocate(KIB);
    {
      using _ = failingGrow(new TypeError('this is something else'));
      expect(() => heap.allocate(16)).toThrow(TypeError);
    }
    heap.check();
    expect(heap.stats().lockSeizures).toBe(0);
  });

  test('takes memory into use that a thread which died while growing had only reserved', () => {
    using heap = new MemoryManager(KIB, OPTIONS);
    const block = heap.allocate(KIB)!;
    heap.buffer.grow(heap.buffer.byteLength + 8 * KIB);
    expect(heap.byteLength).toBe(KIB);
    expect(heap.allocate(16)).toBe(block + KIB);
    expect(heap.byteLength).toBe(2 * KIB);
    heap.check();
  });
});

describe('reallocating the block at the end', () => {
  test('grows it in place when there is no other room', () => {
    using heap = new MemoryManager(40 * KIB, OPTIONS);
    const block = heap.allocate(40 * KIB)!;
    fillWithPattern(heap, block, 3);
    const before = heap.read(block, 40 * KIB);
    expect(heap.reallocate(block, 64 * KIB)).toBe(block);
    expect(heap.sizeOf(block)).toBe(64 * KIB);
    expect(Buffer.compare(heap.read(block, 40 * KIB), before)).toBe(0);
    expect(heap.byteLength).toBe(64 * KIB);
    heap.check();
  });

  test('is null beyond the limit, and the block is as it was', () => {
    using heap = new MemoryManager(40 * KIB, OPTIONS);
    const block = heap.allocate(40 * KIB)!;
    fillWithPattern(heap, block, 4);
    expect(heap.reallocate(block, 64 * KIB + 1)).toBeNull();
    expect(heap.sizeOf(block)).toBe(40 * KIB);
    expectPattern(heap, block, 4);
    expect(heap.byteLength).toBe(40 * KIB);
    heap.check();
  });

  test('is null for a block that is not at the end when there is no room for a copy', () => {
    using heap = new MemoryManager(40 * KIB, OPTIONS);
    const block = heap.allocate(30 * KIB)!;
    heap.allocate(KIB);
    fillWithPattern(heap, block, 5);
    expect(heap.reallocate(block, 40 * KIB)).toBeNull();
    expectPattern(heap, block, 5);
    heap.check();
  });
});

describe('growth', () => {
  test('by a worker is seen by the main thread at once', async () => {
    using heap = new MemoryManager(KIB, OPTIONS);
    const thread = new Thread(heap, 'growTo', { rounds: 50, index: 9 });
    const { blocks, byteLength } = (await thread.told()) as { blocks: number[]; byteLength: number };
    expect(heap.byteLength).toBe(byteLength);
    expect(heap.buffer.byteLength).toBeGreaterThan(50_000);
    const last = blocks.at(-1)!;
    expect(heap.sizeOf(last)).toBe(1008);
    expect(Buffer.compare(heap.read(last, 1008), patternOf(last + 9, 1008))).toBe(0);
    heap.write(last + 500, [1, 2, 3]);
    expect([...heap.view(Uint8Array, last + 500, 3)]).toEqual([1, 2, 3]);
    expect(errorOf(() => heap.read(last, 1009)).code).toBe('OUT_OF_BOUNDS');
    for (const address of blocks) heap.deallocate(address);
    expect([...heap.freeRuns()]).toHaveLength(1);
    await thread.end();
    heap.check();
  });

  test('by the main thread is seen by a worker that attached before', async () => {
    using heap = new MemoryManager(KIB, OPTIONS);
    const thread = new Thread(heap, 'readFromRoot');
    expect(await thread.told()).toBe('attached');
    const address = heap.allocate(50_000)!;
    heap.write(address, patternOf(1, heap.sizeOf(address)));
    heap.root = address;
    thread.goOn();
    const { before, after, bytes } = (await thread.told()) as { before: number; after: number; bytes: Uint8Array };
    expect([before, after]).toEqual([KIB, heap.byteLength]);
    const expected = patternOf(1, heap.sizeOf(address));
    expected[0]++;
    expected[1] = expected[0]!;
    expect(Buffer.compare(bytes, expected)).toBe(0);
    await thread.end();
    heap.check();
  });

  test('by several threads at once loses nothing', async () => {
    using heap = new MemoryManager(KIB, { slabs: false, maxByteLength: 256 * KIB });
    const threads = [0, 1, 2].map((index) => new Thread(heap, 'growTo', { rounds: 60, index }));
    const told = (await Promise.all(threads.map(async (thread) => thread.told()))) as { blocks: number[] }[];
    for (const [index, { blocks }] of told.entries()) {
      expect(blocks).toHaveLength(60);
      for (const address of blocks) {
        expect(Buffer.compare(heap.read(address, 1008), patternOf(address + index, 1008))).toBe(0);
      }
    }
    expect(new Set(told.flatMap(({ blocks }) => blocks)).size).toBe(180);
    await Promise.all(threads.map(async (thread) => thread.end()));
    heap.check();
  });
});
