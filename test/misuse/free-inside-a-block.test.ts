import { describe, test } from 'vitest';
import { expectRefused } from '../support/misuse.ts';
import { BLOCK_BYTES, USED_HEAPS, usedHeap } from '../support/used-heap.ts';

describe.each(USED_HEAPS)('on a heap $title', ({ slabs }) => {
  test.each([16, 32, 1, 8, BLOCK_BYTES - 1])(
    'freeing, resizing or measuring a block %i bytes behind its start is INVALID_ADDRESS',
    (offset) => {
      using used = usedHeap({ slabs });
      const { heap, second } = used;
      const address = second + offset;
      const message = `address ${address} lies inside the block that starts at ${second}; give the start of a block`;
      expectRefused(heap, () => heap.deallocate(address), 'INVALID_ADDRESS', message);
      expectRefused(heap, () => heap.reallocate(address, 1), 'INVALID_ADDRESS', message);
      expectRefused(heap, () => heap.sizeOf(address), 'INVALID_ADDRESS', message);
    },
  );
});
