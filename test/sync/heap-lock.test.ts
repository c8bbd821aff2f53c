import { describe, expect, test, vi } from 'vitest';
import { MemoryManager, type FitStrategy } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { Guarded, Lock } from '../../src/layout/regions.ts';
import { breakLock } from '../../src/sync/fault.ts';
import { RobustLock } from '../../src/sync/robust-lock.ts';
import { FakeThread, FakeThreads } from '../support/fake-threads.ts';
import { errorOf } from '../support/misuse.ts';

function heapWithTwoThreads(lockTimeoutMs: number = 25): { heap: MemoryManager; other: FakeThread; words: Int32Array } {
  const threads = new FakeThreads();
  const heap = new MemoryManager(4096, { slabs: false, lockTimeoutMs, liveness: threads.start() });
  return { heap, other: new FakeThread(heap, threads), words: new Layout(heap.buffer).words };
}

describe('the lock', () => {
  test('is free between calls', () => {
    const { heap, words } = heapWithTwoThreads();
    heap.deallocate(heap.allocate(1)!);
    expect(words[Lock.OWNER]).toBe(0);
    expect(heap.stats()).toMatchObject({ lockWaits: 0, lockSeizures: 0 });
    heap.detach();
  });

  test('is free after a call that throws', () => {
    const { heap, words } = heapWithTwoThreads();
    expect(errorOf(() => heap.deallocate(1)).code).toBe('INVALID_ADDRESS');
    expect(words[Lock.OWNER]).toBe(0);
    heap.detach();
  });

  test('of a live owner is never taken, only asked for', () => {
    const { heap, other, words } = heapWithTwoThreads();
    other.holdLock();
    expect(errorOf(() => heap.allocate(1)).code).toBe('LOCK_TIMEOUT');
    expect(words[Lock.OWNER] & ~1).toBe(other.ownerWord);
    expect(words[Lock.OWNER] & 1).toBe(1);
    expect(heap.stats({ quick: true }).lockSeizures).toBe(0);
    other.releaseLock();
    heap.check();
    heap.detach();
  });

  test('of a dead owner is seized at the first look after a slice of sleep', () => {
    const { heap, other } = heapWithTwoThreads();
    other.holdLock();
    other.die();
    expect(heap.allocate(1)).not.toBeNull();
    expect(heap.stats()).toMatchObject({ lockSeizures: 1, lockWaits: 1 });
    expect(other.lockWord()).toBe(0);
    heap.check();
    heap.detach();
  });

  test('of an owner that has left is seized', () => {
    const { heap, other } = heapWithTwoThreads();
    other.holdLock();
    other.member.slots.release(other.ownerWord);
    expect(heap.allocate(1)).not.toBeNull();
    expect(heap.stats().lockSeizures).toBe(1);
    heap.check();
    heap.detach();
  });

  test('of an owner whose slot has another tenant is seized', () => {
    const threads = new FakeThreads();
    const heap = new MemoryManager(4096, { slabs: false, lockTimeoutMs: 25, maxThreads: 2, liveness: threads.start() });
    const dead = new FakeThread(heap, threads);
    dead.die();
    const tenant = new FakeThread(heap, threads);
    expect(tenant.ownerWord).not.toBe(dead.ownerWord);
    dead.holdLock();
    expect(heap.allocate(1)).not.toBeNull();
    expect(heap.stats().lockSeizures).toBe(1);
    heap.check();
    heap.detach();
  });

  test('with the own word in it was left by this thread itself, and is seized at once', () => {
    let words: Int32Array | undefined;
    let own = 0;
    const lookingFit: FitStrategy = {
      name: 'looks at the lock',
      choose(runs, unitCount) {
        own = words![Lock.OWNER]!;
        return runs.lowestAtLeast(unitCount);
      },
    };
    const heap = new MemoryManager(4096, { slabs: false, fit: lookingFit });
    words = new Layout(heap.buffer).words;
    heap.allocate(1);
    expect(own).not.toBe(0);
    words[Lock.OWNER] = own;
    words[Guarded.DIRTY] = 1;
    expect(heap.allocate(1)).not.toBeNull();
    expect(heap.stats().lockSeizures).toBe(1);
    expect(words[Guarded.DIRTY]).toBe(0);
    heap.check();
    heap.detach();
  });

  test('wakes one sleeper when it is released, if there may be any, and else calls nobody', () => {
    let words: Int32Array | undefined;
    const asking: FitStrategy = {
      name: 'sets the waiters bit',
      choose(runs, unitCount) {
        if (unitCount > 1) words![Lock.OWNER] |= 1;
        return runs.lowestAtLeast(unitCount);
      },
    };
    const heap = new MemoryManager(4096, { slabs: false, fit: asking });
    words = new Layout(heap.buffer).words;
    const notify = vi.spyOn(Atomics, 'notify');
    try {
      heap.allocate(1);
      expect(notify).not.toHaveBeenCalled();
      heap.allocate(17);
      expect(notify.mock.calls.map(([, index, count]) => [index, count])).toEqual([[Lock.OWNER, 1]]);
    } finally {
      notify.mockRestore();
    }
    heap.check();
    heap.detach();
  });

  test('that is found free with DIRTY set is followed by a repair', () => {
    const { heap, words } = heapWithTwoThreads();
    const block = heap.allocate(100)!;
    words[Guarded.DIRTY] = 1;
    words[Guarded.USED_UNITS] = 99;
    heap.check();
    expect(words[Guarded.DIRTY]).toBe(0);
    expect(heap.sizeOf(block)).toBe(112);
    heap.detach();
  });

  test('survives stack overflows at any depth of a call', () => {
    const { heap } = heapWithTwoThreads();
    const addresses: number[] = [];
    const dive = (): void => {
      try {
        dive();
      } catch {
        // Close to the limit now: this call may be torn anywhere.
        addresses.push(heap.allocate(16)!);
      }
    };
    for (let round = 0; round < 50; round++) {
      try {
        dive();
      } catch {
        // The innermost attempts had no room even to fail.
      }
    }
    heap.check();
    const blocks = Array.from(heap.blocks(), ({ address }) => address);
    for (const address of addresses) expect(blocks).toContain(address);
    for (const address of blocks) heap.deallocate(address);
    expect([...heap.freeRuns()]).toHaveLength(1);
    heap.check();
    heap.detach();
  });
});

test('breaking the lock makes every attempt succeed at once, in this thread alone', () => {
  const whole = Object.getOwnPropertyDescriptors(RobustLock.prototype);
  const { heap, other } = heapWithTwoThreads();
  other.holdLock();
  try {
    breakLock();
    expect(heap.allocate(1)).not.toBeNull();
    expect(other.lockWord()).toBe(other.ownerWord);
  } finally {
    Object.defineProperties(RobustLock.prototype, whole);
  }
  expect(errorOf(() => heap.allocate(1)).code).toBe('LOCK_TIMEOUT');
  other.releaseLock();
  heap.check();
  heap.detach();
});
