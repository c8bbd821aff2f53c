import { describe, expect, test } from 'vitest';
import { expectRefused } from '../support/misuse.ts';
import { BLOCK_BYTES, USED_HEAPS, usedHeap } from '../support/used-heap.ts';

describe.each(USED_HEAPS)('on a heap $title', ({ slabs }) => {
  test.each([
    [0, BLOCK_BYTES + 1],
    [1, BLOCK_BYTES],
    [BLOCK_BYTES - 1, 2],
    [0, 2 ** 31],
    [8, 2 ** 33],
    [0, Number.MAX_SAFE_INTEGER],
    [0, Number.MAX_VALUE],
  ])(
    'from %i bytes into the block on, reading %d bytes is OUT_OF_BOUNDS, live neighbour or not',
    (offset, byteLength) => {
      using used = usedHeap({ slabs });
      const { heap, first, second, last } = used;
      for (const start of [first, second, last]) {
        const range = `${byteLength} bytes from ${start + offset} on`;
        const message = `${range} leave the block that starts at ${start}: ${BLOCK_BYTES - offset} bytes are left there`;
        expectRefused(heap, () => heap.read(start + offset, byteLength), 'OUT_OF_BOUNDS', message);
        expectRefused(heap, () => heap.view(Uint8Array, start + offset, byteLength), 'OUT_OF_BOUNDS', message);
      }
    },
  );

  test('writing past the block is OUT_OF_BOUNDS and writes nothing', () => {
    using used = usedHeap({ slabs });
    const { heap, first } = used;
    const message = `65 bytes from ${first} on leave the block that starts at ${first}: 64 bytes are left there`;
    for (const data of [new Uint8Array(65), Array.from({ length: 65 }, () => 0), new ArrayBuffer(65)]) {
      expectRefused(heap, () => heap.write(first, data), 'OUT_OF_BOUNDS', message);
    }
  });

  test('a view counts in elements', () => {
    using used = usedHeap({ slabs });
    const { heap, first } = used;
    expect(heap.view(Float64Array, first, 8).byteLength).toBe(BLOCK_BYTES);
    const message = `72 bytes from ${first} on leave the block that starts at ${first}: 64 bytes are left there`;
    expectRefused(heap, () => heap.view(Float64Array, first, 9), 'OUT_OF_BOUNDS', message);
  });

  test('the last byte of a block can be read, and no byte from behind it', () => {
    using used = usedHeap({ slabs });
    const { heap, last } = used;
    expect(heap.read(last + BLOCK_BYTES - 1, 1)).toHaveLength(1);
    expectRefused(
      heap,
      () => heap.read(last + BLOCK_BYTES, 1),
      'INVALID_ADDRESS',
      `address ${last + BLOCK_BYTES} lies in free memory`,
    );
  });
});
