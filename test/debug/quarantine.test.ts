import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { codeOf } from '../support/misuse.ts';

describe.each([{ slabs: true }, { slabs: false }])('quarantine in a heap %o', (options) => {
  const make = (quarantine = 4) => new MemoryManager(256 * 1024, { ...options, debug: { quarantine } });

  test.each([16, 100, 9000, 100_000])('a write after free to a block of %i bytes is found by check', (size) => {
    const heap = make();
    const block = heap.allocate(size)!;
    const bytes = heap.view(Uint8Array, block, size);
    heap.deallocate(block);
    heap.check();
    bytes[size - 1] = 1;
    expect(() => heap.check()).toThrow(
      expect.objectContaining({
        code: 'WRITE_AFTER_FREE',
        message: expect.stringContaining(`byte ${size - 1} of`) as string,
      }),
    );
    expect(codeOf(() => heap.detach())).toBe('WRITE_AFTER_FREE');
    expect(codeOf(() => heap.check())).toBe('DETACHED');
  });

  test('it is found when the block leaves the quarantine, and what was to be freed then is not', () => {
    using heap = make(2);
    const [first, second, third] = [heap.allocate(64)!, heap.allocate(64)!, heap.allocate(64)!];
    const bytes = heap.view(Uint8Array, first, 64);
    heap.deallocate(first);
    heap.deallocate(second);
    bytes[3] = 7;
    expect(codeOf(() => heap.deallocate(third))).toBe('WRITE_AFTER_FREE');
    expect(heap.sizeOf(third)).toBeGreaterThanOrEqual(64);
    heap.deallocate(third);
    heap.check();
  });

  test('what is in it cannot be used, and not be freed again', () => {
    using heap = make();
    const block = heap.allocate(64)!;
    heap.deallocate(block);
    expect(codeOf(() => heap.deallocate(block))).toBe('DOUBLE_FREE');
    for (const call of [
      () => heap.read(block, 1),
      () => heap.write(block + 8, [1]),
      () => heap.view(Uint8Array, block, 1),
      () => heap.sizeOf(block),
      () => heap.getInt32(block),
      () => heap.reallocate(block, 100),
    ]) {
      expect(codeOf(call)).toBe('INVALID_ADDRESS');
    }
    heap.check();
  });

  test('its memory serves before anybody is told that there is none', () => {
    using heap = make(1000);
    for (let round = 0; round < 50; round++) {
      const blocks: number[] = [];
      for (let index = 0; index < 10; index++) {
        const block = heap.allocate(20_000);
        if (block === null) expect.fail(`no memory in round ${round}`);
        blocks.push(block);
      }
      for (const block of blocks) heap.deallocate(block);
    }
    heap.check();
  });

  test('it makes room for allocateAsync and reallocate too', async () => {
    using heap = new MemoryManager(64 * 1024, { ...options, debug: { quarantine: 100 } });
    const [large, small] = [heap.allocate(32_768)!, heap.allocate(10_000)!];
    heap.deallocate(large);
    const again = (await heap.allocateAsync(32_768))!;
    expect(again).not.toBeNull();
    heap.deallocate(again);
    expect(heap.reallocate(small, 32_768)).not.toBeNull();
    heap.check();
  });

  test('a computed root that comes too late goes through it', () => {
    using heap = make();
    const winner = heap.allocate(16)!;
    let late = 0;
    heap.roots.getOrInsertComputed('x', () => {
      heap.roots.set('x', winner);
      late = heap.allocate(16)!;
      return late;
    });
    expect(codeOf(() => heap.read(late, 1))).toBe('INVALID_ADDRESS');
    expect(codeOf(() => heap.deallocate(late))).toBe('DOUBLE_FREE');
  });

  test('a block that grows moves, and the old one is in quarantine', () => {
    using heap = make();
    const block = heap.allocate(64)!;
    heap.write(block, [1, 2, 3]);
    const there = heap.reallocate(block, 1000)!;
    expect(there).not.toBe(block);
    expect([...heap.read(there, 3)]).toEqual([1, 2, 3]);
    expect(codeOf(() => heap.read(block, 1))).toBe('INVALID_ADDRESS');
    expect(heap.reallocate(there, 900)).toBe(there);
    heap.check();
  });

  test('detach empties it', () => {
    const heap = make();
    using other = new MemoryManager(1024);
    expect(other.stats().usedBytes).toBe(0);
    for (const block of [heap.allocate(64)!, heap.allocate(9000)!]) heap.deallocate(block);
    const { handle } = heap;
    heap.detach();
    using again = MemoryManager.attach(handle);
    expect([...again.blocks()]).toEqual([]);
  });
});

describe.each([{ slabs: true }, { slabs: false }])('zeroOnFree in a heap %o', (options) => {
  test.each([16, 100, 9000])('freed memory of %i bytes is zero, that of moved blocks too', (size) => {
    using heap = new MemoryManager(256 * 1024, { ...options, zeroOnFree: true });
    const all = new Uint8Array(heap.buffer);
    const block = heap.allocate(size)!;
    heap.write(block, new Uint8Array(size).fill(0xa5));
    const there = heap.reallocate(block, size * 3)!;
    expect(heap.read(there, size).every((byte) => byte === 0xa5)).toBe(true);
    heap.deallocate(there);
    expect(all.includes(0xa5, block)).toBe(false);
    heap.check();
  });
});

test('options that are none are refused', () => {
  for (const options of [
    { zeroOnFree: 1 },
    { debug: 7 },
    { debug: { tags: 1 } },
    { debug: { quarantine: -1 } },
    { debug: { quarantine: 65_537 } },
    { debug: { other: true } },
  ]) {
    expect(codeOf(() => new MemoryManager(1024, options as never))).toBe('BAD_OPTION');
  }
});
