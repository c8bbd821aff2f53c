import { describe, test } from 'vitest';
import { expectRefused } from '../support/misuse.ts';
import { USED_HEAPS, usedHeap } from '../support/used-heap.ts';

describe.each(USED_HEAPS)('on a heap $title', ({ slabs }) => {
  test.each([0, 1, 16, 63])('reading, writing and viewing %i bytes into free memory is INVALID_ADDRESS', (offset) => {
    using used = usedHeap({ slabs });
    const { heap, free } = used;
    const address = free + offset;
    const message = `address ${address} lies in free memory`;
    expectRefused(heap, () => heap.read(address, 1), 'INVALID_ADDRESS', message);
    expectRefused(heap, () => heap.read(address, 0), 'INVALID_ADDRESS', message);
    expectRefused(heap, () => heap.write(address, [1]), 'INVALID_ADDRESS', message);
    expectRefused(heap, () => heap.view(Uint8Array, address, 1), 'INVALID_ADDRESS', message);
  });
});
