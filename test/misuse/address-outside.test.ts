import { describe, expect, test } from 'vitest';
import { expectRefused } from '../support/misuse.ts';
import { USED_HEAPS, usedHeap, type UsedHeap } from '../support/used-heap.ts';

const outside: [string, (used: UsedHeap) => number][] = [
  ['a negative number', () => -16],
  ['an address in the bookkeeping', () => 64],
  ['the byte before the memory', ({ first }) => first - 1],
  ['a block before the memory', ({ first }) => first - 64],
  ['the end', ({ end }) => end],
  ['far beyond the end', ({ end }) => end + 2 ** 33],
  ['the same address plus 2³²', ({ first }) => first + 2 ** 32],
  ['the largest number', () => Number.MAX_VALUE],
];

describe.each(USED_HEAPS)('on a heap $title', ({ slabs }) => {
  test.each(outside)('%s is INVALID_ADDRESS for every call', (_, addressIn) => {
    using used = usedHeap({ slabs });
    const { heap, first, end } = used;
    const address = addressIn(used);
    const message = `address ${address} lies outside the memory from ${first} to ${end}`;
    const calls: (() => unknown)[] = [
      () => heap.deallocate(address),
      () => heap.reallocate(address, 8),
      () => heap.sizeOf(address),
      () => heap.read(address, 1),
      () => heap.read(address, 0),
      () => heap.write(address, [1]),
      () => heap.view(Uint8Array, address, 1),
    ];
    for (const call of calls) expectRefused(heap, call, 'INVALID_ADDRESS', message);
  });

  test.each([0, -0])('%s is no block: not to be freed, and INVALID_ADDRESS where one must be', (address) => {
    using used = usedHeap({ slabs });
    const { heap, first, end } = used;
    const before = heap.stats();
    heap.deallocate(address);
    expect(heap.stats()).toEqual(before);
    const message = `address ${Object.is(address, -0) ? '-0' : '0'} lies outside the memory from ${first} to ${end}`;
    const calls = [() => heap.sizeOf(address), () => heap.read(address, 0), () => heap.write(address, [1])];
    for (const call of calls) expectRefused(heap, call, 'INVALID_ADDRESS', message);
    const made = heap.reallocate(address, 100)!;
    expect(heap.sizeOf(made)).toBeGreaterThanOrEqual(100);
  });

  test('the root takes no address outside the memory', () => {
    using used = usedHeap({ slabs });
    const { heap, first, end } = used;
    for (const address of [-16, first - 16, end, 1]) {
      const message = `the root is 0 or an address in the heap, not ${address}`;
      expectRefused(heap, () => (heap.root = address), 'INVALID_ADDRESS', message);
      expectRefused(heap, () => heap.compareExchangeRoot(0, address), 'INVALID_ADDRESS', message);
      expectRefused(heap, () => heap.compareExchangeRoot(address, first), 'INVALID_ADDRESS', message);
    }
  });
});
