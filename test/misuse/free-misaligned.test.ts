import { test } from 'vitest';
import { expectRefused } from '../support/misuse.ts';
import { usedHeap } from '../support/used-heap.ts';

test.each([1, 2, 8, 15, 17])('freeing %i bytes behind the start of free memory is INVALID_ADDRESS', (offset) => {
  using used = usedHeap();
  const { heap, free } = used;
  const message = `address ${free + offset} is no multiple of 16, so no block starts there`;
  expectRefused(heap, () => heap.deallocate(free + offset), 'INVALID_ADDRESS', message);
});
