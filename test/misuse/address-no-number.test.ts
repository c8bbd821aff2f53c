import { describe, test } from 'vitest';
import { expectRefused } from '../support/misuse.ts';
import { USED_HEAPS, usedHeap, type UsedHeap } from '../support/used-heap.ts';

const values: [string, (used: UsedHeap) => unknown][] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['NaN', () => Number.NaN],
  ['Infinity', () => Number.POSITIVE_INFINITY],
  ['-Infinity', () => Number.NEGATIVE_INFINITY],
  ['a string', ({ first }) => String(first)],
  ['a bigint', ({ first }) => BigInt(first)],
  ['a fraction', ({ first }) => first + 0.5],
  ['a boolean', () => true],
  ['an object', () => ({})],
  ['an object that would turn into the address', ({ first }) => ({ valueOf: () => first })],
  ['an array with the address', ({ first }) => [first]],
  ['a symbol', () => Symbol('address')],
  ['a function', () => () => 1],
];

describe.each(USED_HEAPS)('on a heap $title', ({ slabs }) => {
  test.each(values)('%s is INVALID_ADDRESS for every call', (_, valueIn) => {
    using used = usedHeap({ slabs });
    const { heap } = used;
    const address = valueIn(used) as number;
    const calls: (() => unknown)[] = [
      () => heap.deallocate(address),
      () => heap.reallocate(address, 8),
      () => heap.sizeOf(address),
      () => heap.read(address, 1),
      () => heap.write(address, [1]),
      () => heap.view(Uint8Array, address, 1),
    ];
    for (const call of calls) expectRefused(heap, call, 'INVALID_ADDRESS', /^address .+ is no whole number$/u);
    const isRootError = /^the root is 0 or an address in the heap, not .+$/u;
    expectRefused(heap, () => (heap.root = address), 'INVALID_ADDRESS', isRootError);
    expectRefused(heap, () => heap.compareExchangeRoot(address, 0), 'INVALID_ADDRESS', isRootError);
  });
});
