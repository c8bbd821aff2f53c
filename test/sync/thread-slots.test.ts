import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { THREAD_LIMIT } from '../../src/layout/regions.ts';
import { ThreadSlots } from '../../src/sync/thread-slots.ts';
import { FakeThread, FakeThreads } from '../support/fake-threads.ts';
import { errorOf, expectRefused } from '../support/misuse.ts';
import { emptyHeapBuffer } from '../support/tables.ts';

const MAX_THREADS = 3;

function heapAndThreads(): { heap: MemoryManager; threads: FakeThreads } {
  const threads = new FakeThreads();
  const heap = new MemoryManager(4096, { slabs: false, maxThreads: MAX_THREADS, liveness: threads.start() });
  return { heap, threads };
}

describe('slots', () => {
  test('of threads that leave are free: ten times maxThreads attachments leak none', () => {
    const { heap, threads } = heapAndThreads();
    const words = new Set<number>();
    for (let round = 0; round < 10 * MAX_THREADS; round++) {
      const thread = new FakeThread(heap, threads);
      words.add(thread.ownerWord);
      expect(heap.stats().threads).toBe(2);
      thread.member.leave();
    }
    expect(heap.stats().threads).toBe(1);
    expect(words.size).toBe(10 * MAX_THREADS); // each tenant is told apart from those before
    heap.check();
    heap.detach();
  });

  test('of threads that die are used again: ten times maxThreads deaths leak none', () => {
    const { heap, threads } = heapAndThreads();
    for (let round = 0; round < 10 * MAX_THREADS; round++) new FakeThread(heap, threads).die();
    expect(heap.stats({ quick: true }).threads).toBe(MAX_THREADS);
    heap.check();
    heap.detach();
  });

  test('of live threads are not given away: TOO_MANY_THREADS', () => {
    const { heap, threads } = heapAndThreads();
    const others = [new FakeThread(heap, threads), new FakeThread(heap, threads)];
    const message = 'all 3 thread slots of this heap are taken by live threads; raise maxThreads or detach some';
    expectRefused(heap, () => new FakeThread(heap, threads), 'TOO_MANY_THREADS', message);
    others[0].die();
    const next = new FakeThread(heap, threads);
    expectRefused(heap, () => new FakeThread(heap, threads), 'TOO_MANY_THREADS', message);
    next.member.leave();
    expect(new FakeThread(heap, threads).ownerWord).not.toBe(next.ownerWord);
    heap.check();
    heap.detach();
  });

  test('are not freed by a former tenant that leaves late', () => {
    const { heap, threads } = heapAndThreads();
    const former = new FakeThread(heap, threads);
    former.member.leave();
    const tenant = new FakeThread(heap, threads);
    former.member.slots.release(former.ownerWord);
    expect(heap.stats().threads).toBe(2);
    expect(tenant.member.slots.isDead(tenant.ownerWord)).toBe(false);
    heap.detach();
  });
});

function slotsOf(threads: FakeThreads, layout: Layout): { slots: ThreadSlots; identity: number } {
  const liveness = threads.start();
  return { slots: new ThreadSlots(layout, liveness), identity: liveness.identity };
}

describe('an owner', () => {
  test('lives until its thread dies, leaves, or has its slot taken over', () => {
    const threads = new FakeThreads();
    const layout = new Layout(emptyHeapBuffer(10));
    const { slots, identity } = slotsOf(threads, layout);
    const owner = slots.claim();
    expect(slots.isDead(owner)).toBe(false);
    expect(slots.isDead(owner | 1)).toBe(false); // the waiters bit is ignored
    threads.kill(identity);
    expect(slots.isDead(owner)).toBe(false); // nobody asks about himself
    const second = slotsOf(threads, layout);
    expect(second.slots.isDead(owner)).toBe(true);
    const other = second.slots.claim();
    expect(other & ~1).not.toBe(owner);
    second.slots.release(other);
    expect(second.slots.isDead(other)).toBe(true);
    const third = slotsOf(threads, layout).slots.claim();
    expect(second.slots.isDead(third)).toBe(false);
    expect(second.slots.isDead(other)).toBe(true);
  });

  test('that has left is dead although nothing is known of its thread', () => {
    const layout = new Layout(emptyHeapBuffer(10));
    const slots = new ThreadSlots(layout, { self: () => 7, isAlive: () => true });
    const owner = slots.claim();
    expect(slots.isDead(owner)).toBe(false);
    slots.release(owner);
    expect(slots.isDead(owner)).toBe(true);
  });

  test('is a positive word with the waiters bit clear, and generations start anew after 2²⁰', () => {
    const threads = new FakeThreads();
    const layout = new Layout(emptyHeapBuffer(10));
    const { slots } = slotsOf(threads, layout);
    const claims = new BigUint64Array(layout.buffer, layout.regions.threadSlots.start * 4, 1);
    for (const generation of [0n, 1n, 2n ** 20n - 2n, 2n ** 20n - 1n]) {
      claims[0] = generation << 44n;
      const owner = slots.claim();
      expect(owner).toBeGreaterThan(0);
      expect(owner & 1).toBe(0);
      expect(slots.isDead(owner)).toBe(false);
      expect(slots.describe(owner)).toContain(`(thread slot 0, generation ${(Number(generation) + 1) % 2 ** 20})`);
      slots.release(owner);
      expect(slots.claimedCount()).toBe(0);
    }
  });
});

test('a heap takes as many threads as an owner word can tell apart', () => {
  const threads = new FakeThreads();
  const heap = new MemoryManager(4096, { slabs: false, maxThreads: THREAD_LIMIT, liveness: threads.start() });
  const last = Array.from({ length: THREAD_LIMIT - 1 }, () => new FakeThread(heap, threads)).at(-1)!;
  expect(last.member.slots.describe(last.ownerWord)).toContain(`thread slot ${THREAD_LIMIT - 1},`);
  expect(last.ownerWord).toBeGreaterThan(0);
  expect(errorOf(() => new FakeThread(heap, threads)).code).toBe('TOO_MANY_THREADS');
  heap.check();
  heap.detach();
});
