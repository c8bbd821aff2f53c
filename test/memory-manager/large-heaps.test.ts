/**
 * Addresses beyond 2 GiB and 4 GiB. Memory that is not touched costs nothing, so one large block is left alone.
 */
import { expect, test } from 'vitest';
import { AllocatorError, MemoryManager } from '../../src/index.ts';
import { expectPattern, fillWithPattern } from '../support/pattern.ts';
import { errorOf } from '../support/misuse.ts';

const GIB = 2 ** 30;

/** A heap of that size, or the reason why this engine has none. */
function reserve(byteLength: number): MemoryManager | string {
  try {
    return new MemoryManager(byteLength, { slabs: false });
  } catch (error) {
    if (error instanceof AllocatorError && error.code === 'BAD_SIZE') return error.message;
    throw error;
  }
}

/** What must work on both sides of an address that some integer type cannot hold, and across it. */
function expectBytesWork(heap: MemoryManager, address: number): void {
  fillWithPattern(heap, address, address);
  expectPattern(heap, address, address);
  heap.write(address + 3, [7]);
  expect([...heap.read(address + 3, 1)]).toEqual([7]);
  const view = heap.view(Float64Array, address + 8, 2);
  view[1] = Math.PI;
  expect(view.byteOffset).toBe(address + 8);
  expect(new Float64Array(heap.read(address + 16, 8).buffer)[0]).toBe(Math.PI);
  expect(errorOf(() => heap.deallocate(address + 16)).code).toBe('INVALID_ADDRESS');
  expect(errorOf(() => heap.read(address + 1, heap.sizeOf(address))).code).toBe('OUT_OF_BOUNDS');
}

/** Blocks just below and beyond `boundary`, one that straddles it, resized and zeroed ones. */
function exercise(heap: MemoryManager, boundary: number): void {
  const base = [...heap.freeRuns()][0].address;
  const untouched = heap.allocate(boundary - base - 4096)!;
  expect(untouched).toBe(base);
  const below = heap.allocate(1000)!;
  const across = heap.allocate(8192)!;
  const beyond = heap.allocate(1000)!;
  expect(below).toBe(boundary - 4096);
  expect(across).toBeLessThan(boundary);
  expect(across + 8192).toBeGreaterThan(boundary);
  expect(beyond).toBe(across + 8192);
  for (const address of [below, across, beyond]) expectBytesWork(heap, address);

  heap.root = beyond;
  expect(heap.root).toBe(beyond);
  expect(heap.compareExchangeRoot(beyond, across)).toBe(true);
  const grown = heap.reallocate(below, 100_000)!;
  expect(grown).toBeGreaterThan(boundary);
  expect(heap.read(grown + 3, 1)[0]).toBe(7);

  heap.deallocate(across);
  const zeroed = heap.allocate(9000, { zeroed: true, alignment: 4096 })!;
  expect(zeroed % 4096).toBe(0);
  expect(heap.read(zeroed, 9000).every((byte) => byte === 0)).toBe(true);
  expect(errorOf(() => heap.deallocate(across + 8192 - 16)).code).toBe('DOUBLE_FREE');

  expect(Array.from(heap.blocks(), ({ address }) => address)).toEqual(
    [untouched, zeroed, beyond, grown].toSorted((a, b) => a - b),
  );
  for (const { address } of heap.blocks()) heap.deallocate(address);
  expect([...heap.freeRuns()]).toEqual([{ address: base, size: heap.byteLength }]);
  heap.check();
}

// Bookkeeping at the front takes about as much of the buffer as the memory behind it.
test.for([
  { byteLength: 1.5 * GIB, boundary: 2 * GIB },
  { byteLength: 3 * GIB, boundary: 4 * GIB },
  { byteLength: 6 * GIB, boundary: 8 * GIB },
])(
  'a heap of $byteLength bytes is right on both sides of the address $boundary',
  ({ byteLength, boundary }, { skip }) => {
    const heap = reserve(byteLength);
    if (typeof heap === 'string') return skip(heap);
    expect(heap.byteLength).toBe(byteLength);
    exercise(heap, boundary);
    heap.detach();
    return undefined;
  },
);

test('a block longer than a typed array can be is refused as a whole, not in part', ({ skip }) => {
  const heap = reserve(6 * GIB);
  if (typeof heap === 'string') return skip(heap);
  const block = heap.allocate(5 * GIB)!;
  heap.write(block + 5 * GIB - 4, [1, 2, 3, 4]);
  expect([...heap.read(block + 5 * GIB - 4, 4)]).toEqual([1, 2, 3, 4]);
  expect(heap.view(Float64Array, block, (5 * GIB) / 8).length).toBe((5 * GIB) / 8);
  for (const access of [() => heap.view(Uint8Array, block, 5 * GIB), () => heap.read(block, 5 * GIB)]) {
    const outcome = attempt(access);
    if (outcome !== 'done') expect(outcome).toBe('UNSUPPORTED');
  }
  heap.check();
  heap.detach();
  return undefined;
});

/** Engines differ in what they can: done, or the code of the refusal. */
function attempt(access: () => unknown): string {
  try {
    access();
    return 'done';
  } catch (error) {
    return error instanceof AllocatorError ? error.code : String(error);
  }
}

test('a growable heap beyond what the engine can reserve is BAD_SIZE naming the limit', () => {
  let limit: number | undefined;
  try {
    new MemoryManager(4096, { slabs: false, maxByteLength: 16 * GIB - 16 }).detach();
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_SIZE' });
    limit = Number(/its limit lies at about (\d+) bytes$/u.exec((error as Error).message)?.[1]);
  }
  if (limit === undefined) return; // this engine can
  expect(limit).toBeGreaterThan(GIB);
  const buffer = new SharedArrayBuffer(0, { maxByteLength: limit });
  expect(buffer.maxByteLength).toBe(limit);
});
