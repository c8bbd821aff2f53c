import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { MemoryManager, type FitStrategy } from '../../src/index.ts';
import { recover } from '../../src/heap/recovery.ts';
import { Layout } from '../../src/layout/layout.ts';
import { Change, Guarded, Lock } from '../../src/layout/regions.ts';
import { platformLiveness } from '../../src/sync/platform-liveness.ts';
import { ThreadSlots } from '../../src/sync/thread-slots.ts';
import { expectOneFreeRun } from '../support/heap-options.ts';
import { FakeThread, FakeThreads } from '../support/fake-threads.ts';
import { errorOf } from '../support/misuse.ts';
import { SlabThreads } from '../support/slabs.ts';
import { Thread } from '../support/threads.ts';

const KIB = 1024;
const MIB = 2 ** 20;

describe('a thread that attaches again', () => {
  test('has its slabs as they were, and takes no lock for it', () => {
    const threads = new FakeThreads();
    const liveness = threads.start();
    const heap = new MemoryManager(MIB, { liveness, lockTimeoutMs: 0 });
    const other = new FakeThread(heap, threads);
    const [first, second] = [heap.allocate(64)!, heap.allocate(64)!];
    heap.deallocate(first);
    heap.detach();
    other.holdLock();
    const again = MemoryManager.attach(heap.handle, { liveness });
    expect(again).not.toBe(heap);
    expect(again.allocate(64)).toBe(first);
    again.deallocate(second);
    other.releaseLock();
    expect(again.stats().threads).toBe(2);
    expect(errorOf(() => heap.allocate(64)).code).toBe('DETACHED');
    again.check();
    again.detach();
  });

  test('is not asked who it is, and no thread is asked whether it lives', () => {
    const threads = new FakeThreads();
    const own = threads.start();
    const liveness = { self: vi.fn(() => own.self()), isAlive: vi.fn((identity: number) => own.isAlive(identity)) };
    const heap = new MemoryManager(MIB, { liveness });
    const asked = [liveness.self.mock.calls.length, liveness.isAlive.mock.calls.length];
    for (let task = 0; task < 100; task++) {
      heap.detach();
      const again = MemoryManager.attach(structuredClone(heap.handle), { liveness });
      again.deallocate(again.allocate(64)!);
      again.detach();
    }
    expect([liveness.self.mock.calls.length, liveness.isAlive.mock.calls.length]).toEqual(asked);
    expect(new ThreadSlots(new Layout(heap.buffer), liveness).claimedCount()).toBe(0);
  });

  test('with another liveness, or without the fit that it had, is a new member', () => {
    const fit: FitStrategy = { name: 'own', choose: (runs, unitCount) => runs.lowestAtLeast(unitCount) };
    const other: FitStrategy = { name: 'own', choose: (runs, unitCount) => runs.smallestAtLeast(unitCount) };
    const heap = new MemoryManager(64 * KIB, { fit, slabs: true });
    const { handle } = heap;
    const block = heap.allocate(64)!;
    heap.detach();
    expect(errorOf(() => MemoryManager.attach(handle)).code).toBe('UNKNOWN_FIT');
    const chosen = vi.spyOn(other, 'choose');
    const again = MemoryManager.attach(handle, { fits: [other] });
    again.allocate(20_000);
    expect(chosen).toHaveBeenCalled();
    again.detach();
    const threads = new FakeThreads();
    const liveness = threads.start();
    using last = MemoryManager.attach(handle, { fits: [other], liveness });
    last.deallocate(block);
    last.check();
  });
});

describe('a thread that has gone away', () => {
  test('is not counted, and its slot is free for another who needs it', () => {
    const threads = new FakeThreads();
    const heap = new MemoryManager(MIB, { maxThreads: 2, liveness: threads.start() });
    const first = new FakeThread(heap, threads);
    first.member.linger();
    expect(heap.stats().threads).toBe(1);
    const second = new FakeThread(heap, threads);
    expect(heap.stats().threads).toBe(2);
    expect(first.member.resume()).toBe(false);
    expect(errorOf(() => new FakeThread(heap, threads)).code).toBe('TOO_MANY_THREADS');
    expect(errorOf(() => first.member.locked.run(() => 1)).code).toBe('DETACHED');
    second.member.leave();
    heap.check();
    heap.detach();
  });

  test('keeps no memory from another who needs it, neither free slots nor empty slabs', () => {
    using threads = new SlabThreads(64 * KIB);
    const { heap } = threads;
    const { heap: away } = threads.start();
    const blocks = Array.from({ length: KIB }, () => away.allocate(64)!);
    for (let index = 0; index < KIB; index += 2) away.deallocate(blocks[index]);
    away.detach();
    const taken = Array.from({ length: KIB / 2 }, () => heap.allocate(64));
    expect(taken).not.toContain(null);
    expect(heap.allocate(64)).toBeNull();
    heap.check();
    for (let index = 1; index < KIB; index += 2) heap.deallocate(blocks[index]);
    for (const address of taken) heap.deallocate(address!);
    expect(heap.allocate(64 * KIB)).not.toBeNull();
  });

  test('is expelled rather than that the heap grows', () => {
    using threads = new SlabThreads(64 * KIB, { maxByteLength: MIB });
    const { heap } = threads;
    const away = threads.start();
    for (const address of Array.from({ length: KIB }, () => away.heap.allocate(64)!)) away.heap.deallocate(address);
    away.heap.detach();
    expect(heap.allocate(60 * KIB)).not.toBeNull();
    expect(heap.byteLength).toBe(64 * KIB);
    expect(away.thread.member.resume()).toBe(false);
  });

  test('that was expelled attaches anew, and finds what it had allocated', () => {
    const threads = new FakeThreads();
    const liveness = threads.start();
    const heap = new MemoryManager(64 * KIB, { slabs: true, liveness });
    const block = heap.allocate(64)!;
    heap.write(block, [1, 2, 3]);
    heap.detach();
    const other = new FakeThread(heap, threads);
    recover(other.member);
    const again = MemoryManager.attach(heap.handle, { liveness });
    expect([...again.read(block, 3)]).toEqual([1, 2, 3]);
    expect(again.stats().threads).toBe(2);
    again.deallocate(block);
    other.member.leave();
    again.recover();
    expectOneFreeRun(again);
    again.detach();
  });

  test('and dies is dead: its slabs are adopted and its slot is used again', () => {
    const threads = new FakeThreads();
    const heap = new MemoryManager(64 * KIB, { slabs: true, maxThreads: 2, liveness: threads.start() });
    for (let death = 0; death < 5; death++) {
      const thread = new FakeThread(heap, threads);
      const block = new MemoryManager(thread.member).allocate(64)!;
      thread.member.linger();
      thread.die();
      heap.deallocate(block);
    }
    expect(heap.recover().deadThreads).toBe(1);
    expectOneFreeRun(heap);
    heap.detach();
  });

  test('leaves no lock behind, though it was cut inside it', () => {
    const threads = new FakeThreads();
    const heap = new MemoryManager(64 * KIB, { slabs: true, lockTimeoutMs: 0, liveness: threads.start() });
    const thread = new FakeThread(heap, threads);
    const stuck = { always: true };
    const act = () =>
      thread.member.locked.run(() => {
        while (stuck.always);
      });
    while (heap.buffer.byteLength > 0 && new Layout(heap.buffer).words[Lock.OWNER] === 0) {
      expect(() => runInNewContext('act()', { act }, { timeout: 20 }) as unknown).toThrow(/timed out/u);
    }
    thread.member.linger();
    expect(thread.lockWord()).toBe(0);
    expect(heap.allocate(20_000)).not.toBeNull();
    heap.check();
    heap.detach();
  });
});

test.runIf(process.platform === 'linux')(
  'a worker that ends after it has gone away leaves no slot taken',
  async () => {
    using heap = new MemoryManager(MIB, { maxThreads: 2 });
    for (let life = 0; life < 4; life++) {
      const thread = new Thread(heap, 'exchangeAndDetach', { index: life, rounds: life === 0 ? 1 : 0 });
      heap.root ||= heap.allocate(64 * 8, { zeroed: true })!;
      await thread.end();
    }
    expect(heap.stats().threads).toBe(1);
    heap.check();
  },
  60_000,
);

test('a membership of which nobody has a manager any more ends when memory is collected', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  using keeper = new MemoryManager(MIB, { maxThreads: 5, liveness: new FakeThreads().start() });
  const { buffer } = keeper;
  const threads = new FakeThreads();
  const lingering = new WeakRef(
    (() => {
      const heap = new MemoryManager(new FakeThread(keeper, threads).member);
      for (const address of Array.from({ length: 50 }, () => heap.allocate(64)!)) heap.deallocate(address);
      heap.detach();
      return heap;
    })(),
  );
  const used = keeper.stats().usedBytes;
  expect(used).toBeGreaterThan(0);
  while (keeper.stats().usedBytes === used) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(lingering.deref()).toBeUndefined();
  expect(keeper.stats().usedBytes).toBe(0);
  expect(new ThreadSlots(new Layout(buffer), platformLiveness()).claimedCount()).toBe(1);
  keeper.check();
}, 20_000);

test('a membership in a damaged heap ends without a word', () => {
  const threads = new FakeThreads();
  const heap = new MemoryManager(MIB, { liveness: threads.start() });
  const { member } = new FakeThread(heap, threads);
  new MemoryManager(member).allocate(64);
  const layout = new Layout(heap.buffer);
  layout.words[Guarded.DIRTY] = Change.BLOCKS;
  layout.viewOf(layout.regions.blockMap)[0] = 0;
  expect(errorOf(() => heap.recover()).code).toBe('CORRUPTED');
  member.linger();
  member.tenancy.end();
  expect(heap.stats({ quick: true }).threads).toBe(1);
});
