import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { errorOf, expectRefused } from '../support/misuse.ts';
import { USED_HEAPS, usedHeap } from '../support/used-heap.ts';

const sizes: [unknown, string][] = [
  [-1, '-1'],
  [1.5, '1.5'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
  ['16', '"16"'],
  [16n, '16n'],
  [undefined, 'undefined'],
  [null, 'null'],
  [true, 'true'],
  [{}, 'an object'],
  [[16], 'an array'],
  [Symbol('size'), 'Symbol(size)'],
  [() => 16, 'a function'],
];

describe.each(USED_HEAPS)('on a heap $title', ({ slabs }) => {
  test.each(sizes)('a size of %o is BAD_SIZE for every call', async (value, shown) => {
    using used = usedHeap({ slabs });
    const { heap, first } = used;
    const size = value as number;
    const message = `a size must be a whole number ≥ 0, got ${shown}`;
    expectRefused(heap, () => heap.allocate(size), 'BAD_SIZE', message);
    expectRefused(heap, () => heap.reallocate(first, size), 'BAD_SIZE', message);
    expectRefused(heap, () => heap.read(first, size), 'BAD_SIZE', message);
    expectRefused(heap, () => heap.view(Uint8Array, first, size), 'BAD_SIZE', message);
    if (value !== undefined) expectRefused(heap, () => heap.write(first, [1], size), 'BAD_SIZE', message);
    await expect(heap.allocateAsync(size)).rejects.toMatchObject({ code: 'BAD_SIZE', message });
    heap.check();
  });

  test.each([0, ...sizes.map(([value]) => value)])('a heap of %o bytes is BAD_SIZE', (value) => {
    const error = errorOf(() => new MemoryManager(value as number));
    expect(error.code).toBe('BAD_SIZE');
    expect(error.message).toMatch(/^blockSize must be a whole number of bytes ≥ 1, got .+$/u);
  });

  test('more than there is, is no mistake: null', () => {
    using used = usedHeap({ slabs });
    const { heap, first } = used;
    for (const size of [4096, 2 ** 31, 2 ** 32 + 1, 2 ** 53, Number.MAX_VALUE]) {
      expect(heap.allocate(size)).toBeNull();
      expect(heap.reallocate(first, size)).toBeNull();
      expect(heap.allocate(size, { alignment: 65_536 })).toBeNull();
    }
    heap.check();
  });

  test('a size of 0, also of -0, gets a smallest block', () => {
    using used = usedHeap({ slabs });
    const { heap } = used;
    const blocks = [heap.allocate(0)!, heap.allocate(-0)!];
    expect(new Set(blocks).size).toBe(2);
    for (const block of blocks) expect(heap.sizeOf(block)).toBeGreaterThan(0);
    heap.check();
  });
});
