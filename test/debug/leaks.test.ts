import { once } from 'node:events';
import { threadId as ownId, Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';

const TAGS = { debug: { tags: true } } as const;

describe.each([{ slabs: true }, { slabs: false }])('leaks of a heap %o', (options) => {
  test('blocks that are left have the tag that they were allocated with, most bytes first', () => {
    using heap = new MemoryManager(1024 * 1024, { ...options, ...TAGS });
    const kept: number[] = [];
    heap.tagged('cache', () => {
      for (let index = 0; index < 10; index++) kept.push(heap.allocate(4096)!);
      heap.tagged('keys', () => kept.push(heap.allocate(32)!));
      kept.push(heap.allocate(4096)!);
    });
    kept.push(heap.allocate(64)!);
    heap.deallocate(kept.shift()!);
    expect(heap.leaks()).toEqual([
      { tag: 'cache', owner: ownId, ownerAlive: true, count: 10, bytes: 40_960 },
      { tag: null, owner: ownId, ownerAlive: true, count: 1, bytes: 64 },
      { tag: 'keys', owner: ownId, ownerAlive: true, count: 1, bytes: 32 },
    ]);
    for (const address of kept) heap.deallocate(address);
    expect(heap.leaks()).toEqual([]);
    heap.check();
  });

  test('a thread that was terminated is named, and that it is dead', async () => {
    using heap = new MemoryManager(1024 * 1024, { ...options, ...TAGS });
    const worker = new Worker(new URL('leaking-worker.mjs', import.meta.url), { workerData: heap.handle });
    await once(worker, 'message');
    const { threadId } = worker;
    const leak = () => heap.leaks().find(({ tag }) => tag === 'job');
    expect(leak()).toEqual({ tag: 'job', owner: threadId, ownerAlive: true, count: 30, bytes: 30 * 48 });
    await worker.terminate();
    expect(leak()).toEqual({ tag: 'job', owner: threadId, ownerAlive: false, count: 30, bytes: 30 * 48 });
  });

  test('a block that moves keeps its tag, one that is waited for has that of the call', async () => {
    using heap = new MemoryManager(1024 * 1024, { ...options, ...TAGS });
    const block = heap.tagged('list', () => heap.allocate(64)!);
    const moved = heap.reallocate(block, 9000)!;
    const other = (await heap.tagged('later', () => heap.allocateAsync(128)))!;
    expect(new Set(heap.leaks().map(({ tag }) => tag))).toEqual(new Set(['list', 'later']));
    heap.deallocate(moved);
    heap.deallocate(other);
  });

  test('tagged gives back what it is given, and ends with what it runs', () => {
    using heap = new MemoryManager(1024 * 1024, { ...options, ...TAGS });
    expect(heap.tagged('x', () => 7)).toBe(7);
    expect(() => heap.tagged('x', () => expect.fail('thrown'))).toThrow('thrown');
    expect(() => heap.tagged(7 as never, () => 7)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
    heap.allocate(16);
    expect(heap.leaks().every(({ tag }) => tag === null)).toBe(true);
  });
});

test('without tags, slots are counted by who has their slab, and tagged only runs', () => {
  using heap = new MemoryManager(1024 * 1024);
  heap.tagged('x', () => heap.allocate(100));
  heap.allocate(20_000);
  expect(heap.leaks()).toEqual([
    { tag: null, owner: null, ownerAlive: null, count: 1, bytes: 20_480 },
    { tag: null, owner: expect.any(Number) as number, ownerAlive: true, count: 1, bytes: 112 },
  ]);
});

test('a thread that has detached, and whose place another had, is the same when it is back', async () => {
  const heap = new MemoryManager(1024 * 1024, { ...TAGS, maxThreads: 1 });
  heap.tagged('one', () => heap.allocate(16));
  const { handle } = heap;
  heap.detach();
  const worker = new Worker(new URL('leaking-worker.mjs', import.meta.url), { workerData: handle });
  await once(worker, 'message');
  const { threadId } = worker;
  await worker.terminate();
  using again = MemoryManager.attach(handle);
  again.tagged('one', () => again.allocate(16));
  expect(again.leaks()).toEqual([
    { tag: 'job', owner: threadId, ownerAlive: false, count: 30, bytes: 30 * 48 },
    { tag: 'one', owner: ownId, ownerAlive: true, count: 2, bytes: 32 },
  ]);
});

test('an image of a heap with tags is a heap with tags, whose blocks have none', () => {
  using heap = new MemoryManager(256 * 1024, TAGS);
  const block = heap.tagged('x', () => heap.allocate(100)!);
  heap.write(block, [1, 2, 3]);
  using loaded = MemoryManager.load(heap.image());
  expect([...loaded.read(block, 3)]).toEqual([1, 2, 3]);
  expect(loaded.leaks().every(({ tag, owner }) => tag === null && owner === null)).toBe(true);
  loaded.tagged('y', () => loaded.allocate(10));
  expect(loaded.leaks().map(({ tag }) => tag)).toContain('y');
});
