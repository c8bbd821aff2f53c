import { describe, expect, test } from 'vitest';
import type { HeapStats, MemoryManager } from '../../src/index.ts';
import { sum } from '../../src/sum.ts';
import { SlabThreads } from '../support/slabs.ts';

/** What the statistics must be, from walks over all that lives and all that is free. */
function counted(heap: MemoryManager): Partial<HeapStats> {
  const sizes = Array.from(heap.blocks(), ({ size }) => size);
  const runs = Array.from(heap.freeRuns(), ({ size }) => size);
  return {
    liveBytes: sum(sizes),
    freeBytes: sum(runs),
    usedBytes: heap.byteLength - sum(runs),
    freeRuns: runs.length,
    largestFreeRun: Math.max(0, ...runs),
  };
}

const HEAP_BYTES = 256 * 1024;

describe.each([
  ['without slabs', false],
  ['with slabs', true],
])('stats of a heap %s', (_, slabs) => {
  test('count what others freed, and not what the dead had freed', () => {
    using threads = new SlabThreads(HEAP_BYTES, { slabs });
    const { heap } = threads;
    const { heap: dying, die } = threads.start();
    const own = Array.from({ length: 50 }, () => heap.allocate(100)!);
    const others = Array.from({ length: 50 }, (__, index) => dying.allocate(index === 0 ? 20_000 : 100)!);
    for (const address of own.slice(10)) dying.deallocate(address);
    for (const address of others.slice(40)) heap.deallocate(address);
    die();
    const blocks = [...own.slice(0, 10), ...others.slice(0, 40)];
    const liveBytes = blocks.reduce((total, address) => total + heap.sizeOf(address), 0);
    expect(heap.stats()).toMatchObject({ ...counted(heap), liveBytes, threads: 1 });
    expect(heap.stats({ quick: true })).toMatchObject({ usedBytes: counted(heap).usedBytes, threads: 2 });
  });

  test('are exact after a death inside the lock, before what is derived had followed', () => {
    using threads = new SlabThreads(HEAP_BYTES, { slabs });
    const { heap } = threads;
    const { thread, die } = threads.start();
    const blocks = [0, 1, 2].map(() => heap.allocate(20_000)!);
    const before = heap.stats();
    const { list } = thread.member.table.free;
    list.remove = () => {
      throw new Error('torn');
    };
    expect(() => thread.member.locked.run((table) => table.take(10, 1))).toThrow('torn');
    thread.holdLock();
    die();
    expect(heap.stats({ quick: true }).usedBytes).toBe(before.usedBytes);
    const taken = 10 * (slabs ? 1024 : 16);
    const after = heap.stats();
    expect(after).toMatchObject({ ...counted(heap), usedBytes: before.usedBytes + taken, lockSeizures: 1, threads: 1 });
    for (const address of blocks) heap.deallocate(address);
  });
});

test('quick stats take no lock', () => {
  using threads = new SlabThreads(HEAP_BYTES, { lockTimeoutMs: 20 });
  const { heap } = threads;
  const { thread } = threads.start();
  heap.allocate(20_000);
  thread.holdLock();
  const quick = heap.stats({ quick: true });
  thread.releaseLock();
  const { liveBytes: _, lockWaits: __, ...exact } = heap.stats();
  expect(quick).toMatchObject({ ...exact });
  expect(Object.keys(quick)).not.toContain('liveBytes');
});
