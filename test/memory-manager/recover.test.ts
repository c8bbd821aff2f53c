import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { Guarded, Lock } from '../../src/layout/regions.ts';
import type { Unit } from '../../src/layout/units.ts';
import type { Membership } from '../../src/heap/membership.ts';
import { openMember } from '../../src/memory-manager/members.ts';
import { platformLiveness } from '../../src/sync/platform-liveness.ts';
import type { BlockTable } from '../../src/table/block-table.ts';
import { expectOneFreeRun } from '../support/heap-options.ts';
import { SlabThreads } from '../support/slabs.ts';

const MIB = 2 ** 20;

const NOTHING = {
  deadThreads: 0,
  lockSeized: false,
  tableRebuilt: false,
  operationsUndone: 0,
  operationsCompleted: 0,
  slabsAdopted: 0,
  milliseconds: expect.any(Number),
};

/** Lets a change of the table stop right behind its commit. */
function stopAfterCommit(table: BlockTable, stop: () => void): void {
  table.free.list.remove = stop;
  table.free.list.insert = stop;
}

/** Leaves the change of a table as it is when its thread ends behind the commit. */
function tearAfterCommit(table: BlockTable): void {
  stopAfterCommit(table, () => {
    throw new Error('torn');
  });
  expect(() => table.take(3, 1)).toThrow('torn');
}

describe('recover reports', () => {
  test('nothing where there is nothing to do, and changes nothing', () => {
    using threads = new SlabThreads(MIB);
    const { heap } = threads;
    heap.allocate(64);
    const before = heap.stats();
    const report = heap.recover();
    expect(report).toEqual(NOTHING);
    expect(report.milliseconds).toBeGreaterThanOrEqual(0);
    expect(heap.stats()).toEqual(before);
  });

  test('a dead thread and its slabs, once', () => {
    using threads = new SlabThreads(MIB);
    const { heap } = threads;
    const dying = threads.start();
    const blocks = [16, 64, 200].map((size) => dying.heap.allocate(size)!);
    dying.die();
    expect(heap.stats({ quick: true }).threads).toBe(2);
    expect(heap.recover()).toEqual({ ...NOTHING, deadThreads: 1, slabsAdopted: 3 });
    expect(heap.recover()).toEqual(NOTHING);
    expect(heap.stats()).toMatchObject({ threads: 1, lockSeizures: 0 });
    for (const address of blocks) heap.deallocate(address);
    expect(heap.recover()).toEqual(NOTHING);
    expectOneFreeRun(heap);
  });

  test('several dead threads at once', () => {
    using threads = new SlabThreads(MIB);
    const dying = [threads.start(), threads.start(), threads.start()];
    for (const { heap } of dying) heap.allocate(64);
    for (const { die } of dying) die();
    expect(threads.heap.recover()).toEqual({ ...NOTHING, deadThreads: 3, slabsAdopted: 3 });
  });

  test('slabs of a thread that left, without a death', () => {
    using threads = new SlabThreads(MIB);
    const leaving = threads.start().heap;
    leaving.allocate(64);
    leaving.detach();
    expect(threads.heap.recover()).toEqual({ ...NOTHING, slabsAdopted: 1 });
  });

  test('a lock held by a dead thread that had changed nothing', () => {
    using threads = new SlabThreads(MIB);
    const dying = threads.start();
    dying.thread.holdLock();
    dying.die();
    expect(threads.heap.recover()).toEqual({ ...NOTHING, deadThreads: 1, lockSeized: true });
    expect(threads.heap.stats().lockSeizures).toBe(1);
  });

  test('a change that a dead thread had prepared and not committed: it never happened', () => {
    using threads = new SlabThreads(MIB);
    const { heap } = threads;
    const dying = threads.start();
    dying.thread.holdLock();
    const { table, slabs } = dying.thread.member;
    table.prepare();
    slabs!.table.describe(0 as Unit, 2, 3, dying.thread.ownerWord);
    dying.die();
    const undone = { lockSeized: true, tableRebuilt: true, operationsUndone: 1 };
    expect(heap.recover()).toEqual({ ...NOTHING, deadThreads: 1, ...undone });
    expectOneFreeRun(heap);
  });

  test('a change that a dead thread had committed and not finished: it is whole', () => {
    using threads = new SlabThreads(MIB);
    const { heap } = threads;
    const dying = threads.start();
    dying.thread.holdLock();
    tearAfterCommit(dying.thread.member.table);
    dying.die();
    const completed = { lockSeized: true, tableRebuilt: true, operationsCompleted: 1 };
    expect(heap.recover()).toEqual({ ...NOTHING, deadThreads: 1, ...completed });
    const [block] = [...heap.blocks()];
    expect(block).toMatchObject({ size: 3 * 1024, kind: 'block' });
    heap.deallocate(block.address);
    expectOneFreeRun(heap);
  });

  test('that a living thread holds the lock too long with LOCK_TIMEOUT, and changes nothing', () => {
    using threads = new SlabThreads(MIB, { lockTimeoutMs: 0 });
    const slow = threads.start();
    slow.thread.holdLock();
    expect(() => threads.heap.recover()).toThrow(expect.objectContaining({ code: 'LOCK_TIMEOUT' }));
    slow.thread.releaseLock();
    expect(threads.heap.recover()).toEqual(NOTHING);
  });
});

/** A heap in the hands of this real thread, and its member, whose table can be made to stop. */
function heapAndMember(): { heap: MemoryManager; member: Membership } {
  const first = new MemoryManager(MIB, { slabs: true });
  const member = openMember(new Layout(first.buffer), { fits: [], liveness: platformLiveness() });
  first.detach();
  return { heap: new MemoryManager(member), member };
}

/** A heap whose thread was cut off by a `vm` timeout while it took a block, after the commit. */
function heapCutOffInside(size: number): { heap: MemoryManager; member: Membership } {
  for (let timeout = 20; ; timeout *= 2) {
    const { heap, member } = heapAndMember();
    const { list } = member.table.free;
    const stuck = { always: true, isInside: false };
    list.remove = () => {
      stuck.isInside = true;
      while (stuck.always);
    };
    const allocate = () => heap.allocate(size);
    expect(() => runInNewContext('allocate()', { allocate }, { timeout }) as unknown).toThrow(/timed out/u);
    delete (list as { remove?: unknown }).remove;
    if (stuck.isInside) return { heap, member };
  }
}

describe('a change of its own that a thread finds cut short is made whole', () => {
  test('after a `vm` timeout inside the critical section, which leaves the lock in its own hands', () => {
    const { heap, member } = heapCutOffInside(10_000);
    const { words } = member.layout;
    expect(words[Lock.OWNER]).not.toBe(0);
    const completed = { lockSeized: true, tableRebuilt: true, operationsCompleted: 1 };
    expect(heap.recover()).toEqual({ ...NOTHING, ...completed });
    expect(Array.from(heap.blocks(), ({ size }) => size)).toEqual([10_240]);
    for (const { address } of heap.blocks()) heap.deallocate(address);
    expectOneFreeRun(heap);
    heap.detach();
  });

  test('after a stack overflow between two of its stores, which leaves the lock free', () => {
    const { heap, member } = heapAndMember();
    const { list } = member.table.free;
    const overflow = (): void => overflow();
    list.remove = overflow;
    expect(() => heap.allocate(10_000)).toThrow(RangeError);
    delete (list as { remove?: unknown }).remove;
    expect(member.layout.words[Lock.OWNER]).toBe(0);
    expect(member.layout.words[Guarded.DIRTY]).not.toBe(0);
    expect(heap.recover()).toEqual({ ...NOTHING, tableRebuilt: true, operationsCompleted: 1 });
    expect(Array.from(heap.blocks(), ({ size }) => size)).toEqual([10_240]);
    for (const { address } of heap.blocks()) heap.deallocate(address);
    expectOneFreeRun(heap);
    heap.detach();
  });
});

test.each([true, false])('ten times maxThreads deaths in a row leak no slot, with slabs: %s', (slabs) => {
  using threads = new SlabThreads(MIB, { slabs, maxThreads: 4 });
  const { heap } = threads;
  for (let death = 0; death < 40; death++) {
    const dying = threads.start();
    const [kept, freed] = [dying.heap.allocate(64)!, dying.heap.allocate(64)!];
    if (death % 4 === 0) dying.thread.holdLock();
    dying.die();
    heap.deallocate(freed);
    heap.deallocate(kept);
    if (death % 3 === 0) expect(heap.recover().deadThreads).toBeGreaterThan(0);
  }
  heap.recover();
  expect(heap.stats()).toMatchObject({ threads: 1, liveBytes: 0 });
  expectOneFreeRun(heap);
});
