import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { errorOf, snapshotOf } from '../support/misuse.ts';
import { USED_HEAPS, usedHeap } from '../support/used-heap.ts';

const MESSAGE = 'this thread has detached from the heap; attach to it again';

describe.each(USED_HEAPS)('on a heap $title', ({ slabs }) => {
  test('every call on a manager that was detached is DETACHED, and the heap is as it was', async () => {
    const { heap, first } = usedHeap({ slabs });
    const before = snapshotOf(heap);
    heap.detach();
    const calls: [string, () => unknown][] = [
      ['allocate', () => heap.allocate(16)],
      ['reallocate', () => heap.reallocate(first, 16)],
      ['deallocate', () => heap.deallocate(first)],
      ['sizeOf', () => heap.sizeOf(first)],
      ['read', () => heap.read(first, 1)],
      ['write', () => heap.write(first, [1])],
      ['view', () => heap.view(Uint8Array, first, 1)],
      ['byteLength', () => heap.byteLength],
      ['maxByteLength', () => heap.maxByteLength],
      ['root', () => heap.root],
      ['set root', () => (heap.root = 0)],
      ['compareExchangeRoot', () => heap.compareExchangeRoot(0, 0)],
      ['stats', () => heap.stats()],
      ['blocks', () => heap.blocks()],
      ['freeRuns', () => heap.freeRuns()],
      ['check', () => heap.check()],
    ];
    for (const [name, call] of calls) {
      const { code, message } = errorOf(call);
      expect([name, code, message]).toEqual([name, 'DETACHED', MESSAGE]);
    }
    await expect(heap.allocateAsync(16)).rejects.toMatchObject({ code: 'DETACHED', message: MESSAGE });
    using again = MemoryManager.attach(heap.handle);
    again.check();
    expect(snapshotOf(again)).toEqual(before);
  });

  test('the handle of a detached manager still leads to the heap', () => {
    const { heap, first } = usedHeap({ slabs });
    const bytes = heap.read(first, 8);
    heap.detach();
    using again = MemoryManager.attach(heap.handle);
    expect(again).not.toBe(heap);
    expect(again.read(first, 8)).toEqual(bytes);
    again.check();
  });

  test('detaching once more does nothing', () => {
    const { heap } = usedHeap({ slabs });
    heap.detach();
    heap.detach();
    using again = MemoryManager.attach(heap.handle);
    heap.detach();
    heap[Symbol.dispose]();
    expect(again.stats().threads).toBe(1);
    again.check();
  });
});
