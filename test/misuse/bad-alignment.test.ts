import { describe, expect, test } from 'vitest';
import { expectRefused } from '../support/misuse.ts';
import { USED_HEAPS, usedHeap } from '../support/used-heap.ts';

const alignments: [unknown, string][] = [
  [0, '0'],
  [-16, '-16'],
  [3, '3'],
  [24, '24'],
  [1.5, '1.5'],
  [131_072, '131072'],
  [2 ** 32, '4294967296'],
  [2 ** 40, '1099511627776'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  ['16', '"16"'],
  [16n, '16n'],
  [null, 'null'],
  [{}, 'an object'],
];

describe.each(USED_HEAPS)('on a heap $title', ({ slabs }) => {
  test.each(alignments)('an alignment of %o is BAD_ALIGNMENT', async (value, shown) => {
    using used = usedHeap({ slabs });
    const { heap } = used;
    const alignment = value as number;
    const message = `an alignment must be a power of two from 1 to 65536, got ${shown}`;
    expectRefused(heap, () => heap.allocate(16, { alignment }), 'BAD_ALIGNMENT', message);
    await expect(heap.allocateAsync(16, { alignment })).rejects.toMatchObject({ code: 'BAD_ALIGNMENT', message });
    heap.check();
  });

  test.each([
    [Int16Array, 1],
    [Int32Array, 2],
    [Float64Array, 4],
    [BigInt64Array, 12],
  ] as const)('a %o that starts at a multiple of %i is BAD_ALIGNMENT', (Type, offset) => {
    using used = usedHeap({ slabs });
    const { heap, second } = used;
    const step = `elements of ${Type.BYTES_PER_ELEMENT} bytes must start at a multiple of their size`;
    const message = `${step}, and ${second + offset} is none`;
    const view = (address: number) => heap.view<'Int8Array'>(Type as unknown as typeof Int8Array, address, 1);
    expectRefused(heap, () => view(second + offset), 'BAD_ALIGNMENT', message);
    expect(view(second + offset + (Type.BYTES_PER_ELEMENT - (offset % Type.BYTES_PER_ELEMENT)))).toHaveLength(1);
  });

  test('every power of two up to 64 KiB is an alignment', () => {
    using used = usedHeap({ slabs, maxByteLength: 2 ** 20 });
    for (let alignment = 1; alignment <= 65_536; alignment *= 2) {
      const address = used.heap.allocate(5, { alignment })!;
      expect(address % alignment).toBe(0);
      expect(address % 16).toBe(0);
    }
    used.heap.check();
  });
});
