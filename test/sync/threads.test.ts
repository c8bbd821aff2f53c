import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { Lock } from '../../src/layout/regions.ts';
import { expectPattern, fillWithPattern } from '../support/pattern.ts';
import { newSignal, runInThreads, Thread } from '../support/threads.ts';

const TIMEOUT_MS = 30_000;

/** What tests in this file know only where a death can be asked for. */
const knowsDeaths = process.platform === 'linux';

const lockWordOf = (heap: MemoryManager) => Atomics.load(new Layout(heap.buffer).words, Lock.OWNER);

describe('with several threads at work', { timeout: TIMEOUT_MS }, () => {
  test('the lock lets one in at a time: no count gets lost', async () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const signal = newSignal();
    await runInThreads(3, heap, 'count', { rounds: 5000, signal });
    expect(signal[1]).toBe(15_000);
    expect(lockWordOf(heap)).toBe(0);
    heap.check();
  });

  test('blocks never overlap, and the heap is one free run in the end', async () => {
    using heap = new MemoryManager(65_536, { slabs: false });
    await runInThreads(3, heap, 'churn', { rounds: 3000 });
    heap.check();
    expect([...heap.blocks()]).toEqual([]);
    expect([...heap.freeRuns()]).toHaveLength(1);
    expect(heap.stats().threads).toBe(1);
  });

  test('one at a time wins a compare-exchange of the root', async () => {
    using heap = new MemoryManager(4096, { slabs: false });
    await runInThreads(3, heap, 'raceForRoot', { rounds: 3000 });
    expect(heap.root).toBe(0);
    heap.check();
  });
});

describe('a thread that waits for the lock', { timeout: TIMEOUT_MS }, () => {
  test('sleeps and is woken when the lock is released, and its wait is counted', async () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const holder = new Thread(heap, 'holdLock');
    expect(await holder.told()).toBe('locked');
    const waiters = [new Thread(heap, 'waitForLock'), new Thread(heap, 'waitForLock')];
    for (const waiter of waiters) expect(await waiter.told()).toBe('waiting');
    await lockWordHasWaiters(heap);
    expect(heap.stats({ quick: true }).lockWaits).toBe(0);
    holder.goOn();
    for (const waiter of waiters) {
      expect(await waiter.told()).toMatchObject({ address: expect.any(Number) });
      await waiter.end();
    }
    await holder.end();
    expect(heap.stats().lockWaits).toBeGreaterThanOrEqual(1); // the other may have come when it was free again
    expect(heap.stats().lockSeizures).toBe(0);
    heap.check();
  });

  test('gives up after lockTimeoutMs with LOCK_TIMEOUT, naming the owner, and leaves the heap usable', async () => {
    using heap = new MemoryManager(4096, { slabs: false, lockTimeoutMs: 30 });
    const before = heap.allocate(64)!;
    const holder = new Thread(heap, 'holdLock');
    expect(await holder.told()).toBe('locked');
    const owner = `worker ${holder.worker.threadId} (thread slot 1, generation 1)`;
    const expected = { code: 'LOCK_TIMEOUT', message: `the lock was held by ${owner} for more than 30 ms` };
    expect(() => heap.allocate(16)).toThrow(expect.objectContaining(expected));
    expect(() => heap.deallocate(before)).toThrow(expect.objectContaining(expected));
    expect(() => heap.check()).toThrow(expect.objectContaining(expected));
    await expect(heap.allocateAsync(16)).rejects.toMatchObject(expected);
    fillWithPattern(heap, before, 1); // what takes no lock still works
    holder.goOn();
    await holder.end();
    heap.deallocate(before);
    expect([...heap.blocks()]).toEqual([]);
    heap.check();
  });
});

/** Waits until somebody left the bit in the lock word that asks for being woken. */
async function lockWordHasWaiters(heap: MemoryManager): Promise<void> {
  while ((lockWordOf(heap) & 1) === 0) await new Promise((resolve) => setImmediate(resolve));
}

describe.runIf(knowsDeaths)('a lock whose owner was terminated', { timeout: TIMEOUT_MS }, () => {
  test('is seized, and a block half taken is taken or free, never both', async () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const [kept] = [heap.allocate(100)!, heap.allocate(100)!];
    fillWithPattern(heap, kept, 7);
    const thread = new Thread(heap, 'dieTaking');
    expect(await thread.told()).toBe('half-way');
    expect(lockWordOf(heap)).not.toBe(0);
    await thread.terminate();
    expect(heap.allocate(64)).not.toBeNull();
    heap.check();
    expectPattern(heap, kept, 7);
    expect([...heap.blocks()].length).toBe(4); // the dead thread's block was committed: others may hold it
    expect(heap.stats()).toMatchObject({ lockSeizures: 1, lockWaits: 1 });
    for (const { address } of heap.blocks()) heap.deallocate(address);
    expect([...heap.freeRuns()]).toHaveLength(1);
    heap.check();
  });

  test('is seized, and a block half given back is free and merged', async () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const blocks = Array.from({ length: 5 }, () => heap.allocate(64)!);
    heap.deallocate(blocks[1]);
    heap.deallocate(blocks[3]);
    const thread = new Thread(heap, 'dieGivingBack', { rounds: blocks[2] });
    expect(await thread.told()).toBe('half-way');
    await thread.terminate();
    heap.check();
    expect(Array.from(heap.blocks(), ({ address }) => address)).toEqual([blocks[0], blocks[4]]);
    expect(heap.stats({ quick: true })).toMatchObject({ lockSeizures: 1, threads: 2 });
    expect([...heap.freeRuns()][0]).toEqual({ address: blocks[1], size: 192 });
  });

  test('is seized by allocateAsync as well, without a wait', async () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const thread = new Thread(heap, 'dieTaking');
    await thread.told();
    await thread.terminate();
    expect(await heap.allocateAsync(16)).not.toBeNull();
    expect(heap.stats().lockSeizures).toBe(1);
    heap.check();
  });

  test('is seized even by a thread whose patience is 0', async () => {
    using heap = new MemoryManager(4096, { slabs: false, lockTimeoutMs: 0 });
    const thread = new Thread(heap, 'dieTaking');
    await thread.told();
    await thread.terminate();
    expect(heap.allocate(16)).not.toBeNull();
    expect(heap.stats().lockSeizures).toBe(1);
    heap.check();
  });
});

describe.runIf(knowsDeaths)('thread slots', { timeout: 60_000 }, () => {
  test('of threads that died are used again, and what they had allocated stays', async () => {
    using heap = new MemoryManager(65_536, { slabs: false, maxThreads: 2 });
    const addresses: number[] = [];
    for (let death = 0; death < 3; death++) {
      const thread = new Thread(heap, 'attachAndVanish');
      addresses.push((await thread.told()) as number);
      await thread.terminate();
    }
    expect(Array.from(heap.blocks(), ({ address }) => address)).toEqual(addresses);
    for (const address of addresses) heap.deallocate(address);
    expect([...heap.blocks()]).toEqual([]);
    heap.check();
  });

  test('of live threads are not: one thread too many is TOO_MANY_THREADS until one leaves', async () => {
    using heap = new MemoryManager(4096, { slabs: false, maxThreads: 2 });
    const staying = new Thread(heap, 'attachAndStay');
    expect(await staying.told()).toBe('attached');
    const late = new Thread(heap, 'attachAndStay');
    await expect(late.told()).rejects.toMatchObject({
      message: 'all 2 thread slots of this heap are taken by live threads; raise maxThreads or detach some',
    });
    expect(heap.stats().threads).toBe(2);
    staying.goOn();
    await staying.end();
    const next = new Thread(heap, 'attachAndVanish');
    expect(await next.told()).not.toBeNull();
    await next.end();
    heap.check();
  });
});

describe('a heap with a strategy of the user', { timeout: TIMEOUT_MS }, () => {
  test('is used in a worker that brings the strategy along, and is UNKNOWN_FIT in one that does not', async () => {
    const { lowestFit } = await import('../support/heap-options.ts');
    using heap = new MemoryManager(4096, { slabs: false, fit: lowestFit });
    const without = new Thread(heap, 'useFit', { rounds: 0 });
    expect(await without.told()).toEqual({
      code: 'UNKNOWN_FIT',
      message: 'the heap uses the fit "lowest"; give it to attach in option fits',
    });
    await without.end();
    const along = new Thread(heap, 'useFit', { rounds: 1 });
    expect(await along.told()).toEqual({ address: [...heap.freeRuns()][0].address - 112 });
    await along.end();
    expect(heap.stats().threads).toBe(1);
    heap.check();
  });
});
