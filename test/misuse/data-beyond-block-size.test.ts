import { describe, expect, test } from 'vitest';
import { expectRefused } from '../support/misuse.ts';
import { USED_HEAPS, usedHeap } from '../support/used-heap.ts';

describe.each(USED_HEAPS)('on a heap $title', ({ slabs }) => {
  test('data longer than the blockSize stated for it is OUT_OF_BOUNDS although the block is longer', () => {
    using used = usedHeap({ slabs });
    const { heap, first } = used;
    const message = '5 bytes of data do not fit blockSize 4';
    expectRefused(heap, () => heap.write(first, [1, 2, 3, 4, 5], 4), 'OUT_OF_BOUNDS', message);
    const wide = '8 bytes of data do not fit blockSize 7';
    expectRefused(heap, () => heap.write(first, new Float64Array(1), 7), 'OUT_OF_BOUNDS', wide);
  });

  test('data as long as its blockSize is written', () => {
    using used = usedHeap({ slabs });
    const { heap, first } = used;
    heap.write(first, [9, 8, 7], 3);
    expect([...heap.read(first, 3)]).toEqual([9, 8, 7]);
    heap.write(first, [], 0);
    heap.check();
  });

  test('a blockSize that is larger than the block does not let data leave the block', () => {
    using used = usedHeap({ slabs });
    const { heap, first } = used;
    const message = `65 bytes from ${first} on leave the block that starts at ${first}: 64 bytes are left there`;
    expectRefused(heap, () => heap.write(first, new Uint8Array(65), 1000), 'OUT_OF_BOUNDS', message);
  });
});
