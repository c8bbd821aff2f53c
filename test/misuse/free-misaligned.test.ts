import { describe, test } from 'vitest';
import { expectRefused } from '../support/misuse.ts';
import { USED_HEAPS, usedHeap } from '../support/used-heap.ts';

describe.each(USED_HEAPS)('on a heap $title', ({ slabs }) => {
  test.each([1, 2, 8, 15, 17])('freeing %i bytes behind the start of free memory is INVALID_ADDRESS', (offset) => {
    using used = usedHeap({ slabs });
    const { heap, free } = used;
    const message = `address ${free + offset} is no multiple of 16, so no block starts there`;
    expectRefused(heap, () => heap.deallocate(free + offset), 'INVALID_ADDRESS', message);
  });
});
