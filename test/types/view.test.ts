import { expect, expectTypeOf, test } from 'vitest';
import { MemoryManager, MemoryManagerInterface, type BlockInfo, type HeapHandle } from '../../src/index.ts';

// The type checker verifies the types, since it reads the tests too; at run time only values are compared.

test('a view has the type of its class over shared memory', () => {
  using heap = new MemoryManager(1024);
  const address = heap.allocate(64)!;
  expectTypeOf(heap.view(Float64Array, address, 8)).toEqualTypeOf<Float64Array<SharedArrayBuffer>>();
  expectTypeOf(heap.view(Int32Array, address, 8)).toEqualTypeOf<Int32Array<SharedArrayBuffer>>();
  expectTypeOf(heap.view(Uint8Array, address, 8)).toEqualTypeOf<Uint8Array<SharedArrayBuffer>>();
  expectTypeOf(heap.view(BigInt64Array, address, 8)).toEqualTypeOf<BigInt64Array<SharedArrayBuffer>>();
  expectTypeOf(heap.view(Uint8ClampedArray, address, 8)).toEqualTypeOf<Uint8ClampedArray<SharedArrayBuffer>>();
  expect(heap.view(Float64Array, address, 8)).toBeInstanceOf(Float64Array);
});

test('a copy is private memory', () => {
  using heap = new MemoryManager(1024);
  const address = heap.allocate(16)!;
  expectTypeOf(heap.read(address, 4)).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
  expect(heap.read(address, 4).buffer).toBeInstanceOf(ArrayBuffer);
});

test('an allocation may fail, and says so in its type', async () => {
  using heap = new MemoryManager(1024);
  const pending = heap.allocateAsync(8);
  expectTypeOf(pending).toEqualTypeOf<Promise<number | null>>();
  const address = await pending;
  expectTypeOf(address).toEqualTypeOf<number | null>();
  expectTypeOf(heap.reallocate(address!, 2048)).toEqualTypeOf<number | null>();
  expect(heap.reallocate(address!, 2048)).toBeNull();
});

test('a manager is a MemoryManagerInterface with a cloneable handle', () => {
  using heap = new MemoryManager(1024);
  expectTypeOf(heap).toExtend<MemoryManagerInterface>();
  expectTypeOf(heap.handle).toEqualTypeOf<HeapHandle>();
  expectTypeOf(heap.blocks()).toEqualTypeOf<Iterable<BlockInfo>>();
  expect(heap).toBeInstanceOf(MemoryManagerInterface);
});
