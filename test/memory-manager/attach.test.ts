import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { platformLiveness } from '../../src/sync/platform-liveness.ts';
import { ThreadSlots } from '../../src/sync/thread-slots.ts';
import { openMember } from '../../src/memory-manager/members.ts';
import { FakeThread, FakeThreads } from '../support/fake-threads.ts';
import { Thread } from '../support/threads.ts';

describe('attaching in a thread that is attached already', () => {
  test('returns the same instance, and counts', () => {
    const heap = new MemoryManager(4096, { slabs: false });
    const again = MemoryManager.attach(heap.handle);
    expect(again).toBe(heap);
    expect(MemoryManager.attach(heap.buffer)).toBe(heap);
    expect(heap.stats().threads).toBe(1);
    heap.detach();
    heap.detach();
    heap.check();
    heap.detach();
    expect(() => heap.check()).toThrow(expect.objectContaining({ code: 'DETACHED' }));
  });

  test('recognizes the heap by its id, since a posted handle has another buffer object', () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const handle = structuredClone(heap.handle);
    expect(handle.buffer).not.toBe(heap.buffer);
    using attached = MemoryManager.attach(handle);
    expect(attached).toBe(heap);
    heap.check();
  });

  test('tells heaps apart', () => {
    using one = new MemoryManager(4096, { slabs: false });
    using two = new MemoryManager(4096, { slabs: false });
    using attachedToOne = MemoryManager.attach(structuredClone(one.handle));
    using attachedToTwo = MemoryManager.attach(structuredClone(two.handle));
    expect(attachedToOne).toBe(one);
    expect(attachedToTwo).toBe(two);
  });

  test('is undone by `using`, as a task of a pool does it', () => {
    using heap = new MemoryManager(4096, { slabs: false });
    for (let task = 0; task < 10; task++) {
      using inTask = MemoryManager.attach(heap.handle);
      inTask.deallocate(inTask.allocate(10)!);
    }
    expect(heap.stats().threads).toBe(1);
    heap.check();
  });
});

describe('detaching', () => {
  test('leaves blocks allocated, and the thread can attach again as a new one', () => {
    const heap = new MemoryManager(4096, { slabs: false });
    const address = heap.allocate(10)!;
    heap.write(address, [1, 2, 3]);
    heap.root = address;
    heap.detach();
    using again = MemoryManager.attach(heap.handle);
    expect(again).not.toBe(heap);
    expect([...again.read(again.root, 3)]).toEqual([1, 2, 3]);
    expect(again.stats().threads).toBe(1);
    again.check();
  });

  test('by the last of several threads is needed before maxThreads others may come', async () => {
    const heap = new MemoryManager(4096, { slabs: false, maxThreads: 1 });
    const { handle } = heap;
    const early = new Thread(heap, 'attachAndVanish');
    await expect(early.told()).rejects.toMatchObject({ message: expect.stringMatching(/^all 1 thread slots/u) });
    heap.detach();
    const late = new Thread(heap, 'attachAndVanish');
    expect(await late.told()).not.toBeNull();
    await late.terminate();
    if (process.platform !== 'linux') return;
    using again = MemoryManager.attach(handle); // in the slot of the dead
    again.check();
  });
});

test('an attach that meets LOCK_TIMEOUT keeps no thread slot', () => {
  const threads = new FakeThreads();
  const options = { slabs: true, maxThreads: 3, lockTimeoutMs: 20 };
  const heap = new MemoryManager(2 ** 20, { ...options, liveness: threads.start() });
  const holder = new FakeThread(heap, threads);
  const attach = () => openMember(new Layout(heap.buffer), { fits: [], liveness: threads.start() });
  holder.holdLock();
  for (let attempt = 0; attempt < 3; attempt++) {
    expect(attach).toThrow(expect.objectContaining({ code: 'LOCK_TIMEOUT' }));
    expect(claimedSlots(heap.buffer)).toBe(2);
  }
  holder.releaseLock();
  attach().leave();
  expect(claimedSlots(heap.buffer)).toBe(2);
  heap.check();
  heap.detach();
});

/** Counts claims without attaching, which would find the manager again and keep it. */
function claimedSlots(buffer: SharedArrayBuffer): number {
  return new ThreadSlots(new Layout(buffer), platformLiveness()).claimedCount();
}

test('a manager that nobody holds any more frees its thread slot', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const keeper = new MemoryManager(4096, { slabs: false, maxThreads: 5 });
  const { buffer } = keeper;
  keeper.detach();
  (() => MemoryManager.attach(buffer).check())();
  expect(claimedSlots(buffer)).toBe(1);
  while (claimedSlots(buffer) > 0) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  using again = MemoryManager.attach(buffer);
  expect(again.stats().threads).toBe(1);
  again.check();
});
