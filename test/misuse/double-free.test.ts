import { describe, expect, test } from 'vitest';
import { expectRefused } from '../support/misuse.ts';
import { BLOCK_BYTES, USED_HEAPS, usedHeap } from '../support/used-heap.ts';

describe.each(USED_HEAPS)('on a heap $title', ({ slabs }) => {
  test('freeing a block twice is DOUBLE_FREE', () => {
    using used = usedHeap({ slabs });
    const { heap, free } = used;
    expectRefused(heap, () => heap.deallocate(free), 'DOUBLE_FREE', `address ${free} is free already`);
  });

  test('freeing a block again after it merged with both neighbours is DOUBLE_FREE', () => {
    using used = usedHeap({ slabs });
    const { heap, second, last } = used;
    heap.deallocate(second);
    heap.deallocate(last);
    for (const address of [second, last]) {
      expectRefused(heap, () => heap.deallocate(address), 'DOUBLE_FREE', `address ${address} is free already`);
    }
  });

  test('freeing a multiple of 16 anywhere in free memory is DOUBLE_FREE, whether or not a block ever started there', () => {
    using used = usedHeap({ slabs });
    const { heap, free, end } = used;
    for (const address of [free + 16, end - 16, end - BLOCK_BYTES]) {
      expectRefused(heap, () => heap.deallocate(address), 'DOUBLE_FREE', `address ${address} is free already`);
    }
  });

  test('a stale address at which a block starts again is accepted: it cannot be told', () => {
    using used = usedHeap({ slabs });
    const { heap, free } = used;
    expect(heap.allocate(BLOCK_BYTES)).toBe(free);
    heap.deallocate(free);
    heap.check();
  });

  test('resizing or measuring what is free is INVALID_ADDRESS, since nothing is freed', () => {
    using used = usedHeap({ slabs });
    const { heap, free } = used;
    const message = `address ${free} lies in free memory`;
    expectRefused(heap, () => heap.reallocate(free, 10), 'INVALID_ADDRESS', message);
    expectRefused(heap, () => heap.sizeOf(free), 'INVALID_ADDRESS', message);
  });
});
