import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { codeOf } from '../support/misuse.ts';

const NUMBERS = {
  Int8: Int8Array,
  Uint8: Uint8Array,
  Int16: Int16Array,
  Uint16: Uint16Array,
  Int32: Int32Array,
  Uint32: Uint32Array,
  Float32: Float32Array,
  Float64: Float64Array,
} as const;
const LONGS = { BigInt64: BigInt64Array, BigUint64: BigUint64Array } as const;
type NumberKind = keyof typeof NUMBERS;
type LongKind = keyof typeof LONGS;
const numberKinds = Object.keys(NUMBERS) as NumberKind[];
const longKinds = Object.keys(LONGS) as LongKind[];

describe.each([{ slabs: true }, { slabs: false }])('single numbers, %o', (options) => {
  const heap = new MemoryManager(1024 * 1024, options);
  const [small, large] = [heap.allocate(64)!, heap.allocate(20_000)!];

  test.each(numberKinds)('%s is what an array of that type holds, at every address', (kind) => {
    const value = fc.oneof(
      fc.integer({ min: -(2 ** 33), max: 2 ** 33 }),
      fc.double(),
      fc.constantFrom(-0, NaN, Infinity),
    );
    const offset = fc.integer({ min: 0, max: 64 - NUMBERS[kind].BYTES_PER_ELEMENT });
    fc.assert(
      fc.property(value, offset, fc.constantFrom(small, large), (number, at, block) => {
        const expected = NUMBERS[kind].of(number);
        heap[`set${kind}`](block + at, number);
        expect(heap[`get${kind}`](block + at)).toBe(expected[0]);
        const bytes = heap.read(block + at, expected.byteLength);
        if (!Number.isNaN(expected[0])) expect(bytes).toEqual(new Uint8Array(expected.buffer));
      }),
    );
  });

  test.each(longKinds)('%s is what an array of that type holds, at every address', (kind) => {
    const value = fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n });
    fc.assert(
      fc.property(value, fc.integer({ min: 0, max: 56 }), (number, at) => {
        const expected = LONGS[kind].of(number);
        heap[`set${kind}`](small + at, number);
        expect(heap[`get${kind}`](small + at)).toBe(expected[0]);
        expect(heap.read(small + at, 8)).toEqual(new Uint8Array(expected.buffer));
      }),
    );
  });

  test('outside a live block, or across its end, is refused and writes nothing', () => {
    const end = small + heap.sizeOf(small);
    const freed = heap.allocate(16)!;
    heap.deallocate(freed);
    for (const kind of [...numberKinds, ...longKinds]) {
      const { BYTES_PER_ELEMENT } = { ...NUMBERS, ...LONGS }[kind];
      const put = (address: number) =>
        kind.startsWith('Big')
          ? heap[`set${kind as LongKind}`](address, 1n)
          : heap[`set${kind as NumberKind}`](address, 1);
      const cases: [number, string][] = [
        [0, 'INVALID_ADDRESS'],
        [-8, 'INVALID_ADDRESS'],
        [1.5, 'INVALID_ADDRESS'],
        [2 ** 45, 'INVALID_ADDRESS'],
        [freed, 'INVALID_ADDRESS'],
      ];
      if (BYTES_PER_ELEMENT > 1) cases.push([end - 1, 'OUT_OF_BOUNDS']);
      for (const [address, code] of cases) {
        expect(codeOf(() => heap[`get${kind}`](address))).toBe(code);
        expect(codeOf(() => put(address))).toBe(code);
      }
    }
    heap.check();
  });
});

test('numbers in memory that has been added since are reached', () => {
  using heap = new MemoryManager(64 * 1024, { maxByteLength: 4 * 1024 * 1024 });
  heap.getUint8(heap.allocate(16)!);
  const late = heap.allocate(1024 * 1024)!;
  heap.setFloat64(late + 1024 * 1024 - 8, Math.PI);
  expect(heap.getFloat64(late + 1024 * 1024 - 8)).toBe(Math.PI);
});

test('a manager that has detached refuses', () => {
  const heap = new MemoryManager(64 * 1024);
  const address = heap.allocate(16)!;
  heap.detach();
  expect(codeOf(() => heap.getInt32(address))).toBe('DETACHED');
  expect(codeOf(() => heap.setInt32(address, 1))).toBe('DETACHED');
});

test('what converting the value does to the block is seen before anything is written', () => {
  using heap = new MemoryManager(64 * 1024);
  const address = heap.allocate(16)!;
  const freeing = {
    valueOf() {
      heap.deallocate(address);
      return 7;
    },
  };
  expect(codeOf(() => heap.setInt32(address, freeing as never))).toBe('INVALID_ADDRESS');
});
