import { describe, expect, test } from 'vitest';
import type { MemoryManager } from '../../src/index.ts';
import { SLAB_UNIT_BYTES } from '../../src/layout/regions.ts';
import { OwnSlabs } from '../../src/slab/own-slabs.ts';
import { SLOT_BYTES } from '../../src/slab/size-class.ts';
import { expectOneFreeRun } from '../support/heap-options.ts';
import { SlabThreads } from '../support/slabs.ts';

const KIB = 1024;
const MIB = 2 ** 20;
/** The first slab of a small class in a heap of at least 1 MiB has 4 KiB. */
const FIRST_SLAB_UNITS = 4;

function take(heap: MemoryManager, count: number, size: number): number[] {
  return Array.from({ length: count }, () => heap.allocate(size)!);
}

function giveBack(heap: MemoryManager, addresses: readonly number[]): void {
  for (const address of addresses) heap.deallocate(address);
}

const usedUnits = (heap: MemoryManager) => heap.stats().usedBytes / SLAB_UNIT_BYTES;

describe('a size class', () => {
  test.each(Array.from(SLOT_BYTES))('of %i bytes begins with a small slab', (size) => {
    using threads = new SlabThreads(MIB);
    threads.heap.allocate(size);
    expect(threads.heap.stats().usedBytes).toBeLessThanOrEqual(size <= KIB ? 7 * KIB : 13 * KIB);
  });

  test('takes larger slabs when it has much already, and never much more than it needs', () => {
    using threads = new SlabThreads(4 * MIB);
    const { heap } = threads;
    for (let bytes = 0; bytes < 2 * MIB; bytes += 64) {
      heap.allocate(64);
      const { liveBytes, usedBytes } = bytes % (16 * KIB) === 0 ? heap.stats() : { liveBytes: 1, usedBytes: 0 };
      expect(usedBytes).toBeLessThanOrEqual(1.2 * liveBytes + 32 * KIB);
    }
  });
});

describe('small blocks', () => {
  test('come and go while another thread holds the lock', () => {
    using threads = new SlabThreads(MIB, { lockTimeoutMs: 0 });
    const { heap } = threads;
    const [kept, other] = [take(heap, 3, 64), threads.start()];
    other.thread.holdLock();
    heap.deallocate(kept[1]);
    expect(heap.allocate(64)).toBe(kept[1]);
    heap.write(kept[2], [1, 2, 3]);
    other.heap.deallocate(kept[2]);
    expect(() => heap.allocate(200)).toThrow(expect.objectContaining({ code: 'LOCK_TIMEOUT' }));
    other.thread.releaseLock();
  });

  test('are allocated by allocateAsync too, without a wait where the thread has a free slot', async () => {
    using threads = new SlabThreads(MIB);
    const { heap } = threads;
    const [first, other] = [heap.allocate(64)!, threads.start()];
    other.thread.holdLock();
    expect(await heap.allocateAsync(64)).toBe(first + 64);
    const waiting = heap.allocateAsync(200, { alignment: 64, zeroed: true });
    other.thread.releaseLock();
    expect((await waiting)! % 64).toBe(0);
    expect(Array.from(heap.blocks(), ({ size, kind }) => `${kind} ${size}`)).toEqual([
      'slot 64',
      'slot 64',
      'slot 256',
    ]);
  });

  test('freed by others are used again before the thread takes more memory', () => {
    using threads = new SlabThreads(256 * KIB, { maxByteLength: 4 * MIB });
    const { heap } = threads;
    const other = threads.start();
    const first = take(heap, 2000, 64);
    const { usedBytes, byteLength } = heap.stats();
    for (let round = 0; round < 20; round++) {
      giveBack(other.heap, round === 0 ? first : [...heap.blocks()].map(({ address }) => address));
      expect(heap.stats().liveBytes).toBe(0);
      take(heap, 2000, 64);
      expect(heap.stats()).toMatchObject({ byteLength, liveBytes: 128_000 });
      expect(heap.stats().usedBytes).toBeLessThanOrEqual(usedBytes * 1.15);
      heap.check();
    }
  });

  test('of which few are freed in a full heap are found one by one, wherever they are', () => {
    using threads = new SlabThreads(64 * KIB);
    const { heap } = threads;
    const all = take(heap, KIB, 64);
    expect(heap.allocate(64)).toBeNull();
    for (const index of [3, 500, 1000, 1023, 20]) {
      heap.deallocate(all[index]);
      expect(heap.allocate(64)).toBe(all[index]);
      expect(heap.allocate(64)).toBeNull();
    }
    heap.check();
  });
});

describe('empty slabs', () => {
  test('are kept after frees up to a quarter of what the thread had, and those beyond are given back', () => {
    using threads = new SlabThreads(4 * MIB);
    const { heap } = threads;
    const all = take(heap, 40_000, 64);
    const most = usedUnits(heap);
    giveBack(heap, all);
    expect(heap.stats().liveBytes).toBe(0);
    expect(usedUnits(heap)).toBeGreaterThan(0);
    expect(usedUnits(heap)).toBeLessThanOrEqual(most / 4 + 64); // one slab more: the current one
  });

  test('are kept after frees up to a thirty-second of the heap in any case', () => {
    using threads = new SlabThreads(4 * MIB);
    const { heap } = threads;
    const all = take(heap, 1800, 64);
    const most = usedUnits(heap);
    expect(most).toBeLessThanOrEqual((4 * KIB) / 32);
    giveBack(heap, all);
    expect(usedUnits(heap)).toBe(most);
  });

  test('beyond a sixty-fourth of it are given back before another class takes a new slab', () => {
    using threads = new SlabThreads(4 * MIB);
    const { heap } = threads;
    giveBack(heap, take(heap, 40_000, 64));
    expect(usedUnits(heap)).toBeGreaterThan(64);
    heap.allocate(16);
    expect(usedUnits(heap)).toBe(FIRST_SLAB_UNITS);
  });

  test('up to a quarter of all are kept, so that going to and fro needs no lock', () => {
    using threads = new SlabThreads(4 * MIB, { lockTimeoutMs: 0 });
    const { heap } = threads;
    const other = threads.start();
    const all = take(heap, 40_000, 64);
    const before = usedUnits(heap);
    giveBack(heap, all.slice(0, 8000));
    expect(usedUnits(heap)).toBe(before);
    other.thread.holdLock();
    const again = take(heap, 8000, 64);
    other.thread.releaseLock();
    expect(again).not.toContain(null);
    expect(usedUnits(heap)).toBe(before);
  });

  test('serve a large block when there is no other memory', () => {
    using threads = new SlabThreads(64 * KIB);
    const { heap } = threads;
    const all = take(heap, KIB, 64);
    giveBack(heap, all.slice(1));
    expect(heap.allocate(64 * KIB)).toBeNull();
    heap.deallocate(all[0]);
    expect(heap.allocate(64 * KIB)).toBe(all[0]);
    expect([...heap.blocks()]).toEqual([{ address: all[0], size: 64 * KIB, kind: 'block' }]);
  });

  test('serve another class when there is no other memory, also if others emptied them', () => {
    using threads = new SlabThreads(64 * KIB);
    const { heap } = threads;
    giveBack(threads.start().heap, take(heap, KIB, 64));
    expect(take(heap, 128, 512)).not.toContain(null);
    expect(heap.stats()).toMatchObject({ liveBytes: 64 * KIB, byteLength: 64 * KIB });
  });

  test('are used rather than that the heap grows', () => {
    using threads = new SlabThreads(64 * KIB, { maxByteLength: MIB });
    const { heap } = threads;
    giveBack(heap, take(heap, KIB, 64));
    expect(heap.allocate(64 * KIB)).not.toBeNull();
    expect(heap.byteLength).toBe(64 * KIB);
    expect(heap.allocate(16)).not.toBeNull();
    expect(heap.byteLength).toBe(128 * KIB);
  });

  test('are given back by leaving, and only they', () => {
    using threads = new SlabThreads(MIB);
    const { heap } = threads;
    const { heap: leaving, leave } = threads.start();
    const [empty, kept] = [take(leaving, 100, 64), take(leaving, 100, 128)];
    giveBack(leaving, empty);
    giveBack(heap, kept.slice(0, 99));
    leave();
    expect([...heap.blocks()]).toEqual([{ address: kept[99], size: 128, kind: 'slot' }]);
    expect(usedUnits(heap)).toBeLessThanOrEqual(8);
    heap.deallocate(kept[99]);
    expectOneFreeRun(heap);
  });
});

describe('slabs whose owner has left', () => {
  test('are adopted by the next thread that attaches, with their blocks and their free slots', () => {
    using threads = new SlabThreads(MIB);
    const { heap: leaving, leave } = threads.start();
    const blocks = take(leaving, 10, 64);
    giveBack(leaving, blocks.slice(5));
    const before = leaving.stats().usedBytes;
    leave();
    const adopter = threads.start().heap;
    expect(new Set(take(adopter, 5, 64))).toEqual(new Set(blocks.slice(5)));
    expect(adopter.stats().usedBytes).toBe(before);
    giveBack(adopter, blocks);
    adopter.recover();
    expectOneFreeRun(adopter);
  });

  test('are given back when another thread frees the last slot in use', () => {
    using threads = new SlabThreads(MIB);
    const { heap } = threads;
    const { heap: leaving, leave } = threads.start();
    const blocks = take(leaving, 3, 64);
    leave();
    giveBack(heap, blocks.slice(1));
    expect(usedUnits(heap)).toBe(FIRST_SLAB_UNITS);
    heap.deallocate(blocks[0]);
    expectOneFreeRun(heap);
  });

  test('stay when the lock cannot be had for that, which is no error: the slot is free all the same', () => {
    using threads = new SlabThreads(MIB, { lockTimeoutMs: 0 });
    const { heap } = threads;
    const [leaving, busy] = [threads.start(), threads.start()];
    const block = leaving.heap.allocate(64)!;
    leaving.leave();
    busy.thread.holdLock();
    heap.deallocate(block);
    busy.thread.releaseLock();
    expect(heap.stats()).toMatchObject({ liveBytes: 0, usedBytes: FIRST_SLAB_UNITS * SLAB_UNIT_BYTES });
    expect(() => heap.deallocate(block)).toThrow(expect.objectContaining({ code: 'DOUBLE_FREE' }));
    expect(heap.recover().slabsAdopted).toBe(1);
    expectOneFreeRun(heap);
  });

  test('are adopted before the heap grows or an allocation fails', () => {
    using threads = new SlabThreads(64 * KIB, { maxByteLength: 128 * KIB });
    const { heap } = threads;
    const { heap: leaving, leave } = threads.start();
    const blocks = take(leaving, KIB, 64);
    leave();
    giveBack(
      heap,
      blocks.filter((_, index) => index % 2 === 0),
    );
    expect(take(heap, 512, 64)).not.toContain(null);
    expect(heap.byteLength).toBe(64 * KIB);
  });
});

describe('slabs whose owner has died', () => {
  test('are found by the next look if one is cut short, wherever that was', () => {
    using threads = new SlabThreads(MIB);
    const { heap } = threads;
    for (const cutAt of [0, 1, 2]) {
      const dying = threads.start();
      for (const size of [64, 128, 256]) dying.heap.deallocate(dying.heap.allocate(size)!);
      dying.die();
      // oxlint-disable-next-line typescript/unbound-method -- it is called with the slabs that it belongs to
      const { add } = OwnSlabs.prototype;
      let added = 0;
      OwnSlabs.prototype.add = function addOrFail(...args) {
        if (added++ === cutAt) throw new RangeError('out of stack');
        return add.apply(this, args);
      };
      try {
        expect(() => heap.recover()).toThrow('out of stack');
      } finally {
        OwnSlabs.prototype.add = add;
      }
      heap.recover();
      expectOneFreeRun(heap);
    }
  });

  test('are adopted by the next thread that attaches; what the dead thread had allocated stays', () => {
    using threads = new SlabThreads(MIB);
    const dying = threads.start();
    const blocks = take(dying.heap, 10, 64);
    giveBack(threads.heap, blocks.slice(0, 4));
    dying.heap.deallocate(blocks[9]);
    dying.die();
    const adopter = threads.start().heap;
    expect(Array.from(adopter.blocks(), ({ address }) => address)).toEqual(blocks.slice(4, 9));
    const free = [...blocks.slice(0, 4), blocks[9]];
    expect(new Set(take(adopter, 5, 64))).toEqual(new Set(free));
    giveBack(adopter, blocks);
    adopter.recover();
    expectOneFreeRun(adopter);
  });

  test('are given back by recover when they are empty, by others as well as by the dead thread', () => {
    using threads = new SlabThreads(MIB);
    const { heap } = threads;
    const dying = threads.start();
    const [own, remote] = [take(dying.heap, 10, 64), take(dying.heap, 10, 128)];
    giveBack(dying.heap, own);
    dying.die();
    giveBack(heap, remote);
    expect(usedUnits(heap)).toBeGreaterThan(0);
    expect(heap.recover()).toMatchObject({ deadThreads: 1, slabsAdopted: expect.any(Number) });
    expectOneFreeRun(heap);
  });

  test('are adopted before an allocation fails, though nobody asked', () => {
    using threads = new SlabThreads(64 * KIB);
    const dying = threads.start();
    const blocks = take(dying.heap, KIB, 64);
    giveBack(dying.heap, blocks.slice(0, 10));
    dying.die();
    expect(new Set(take(threads.heap, 10, 64))).toEqual(new Set(blocks.slice(0, 10)));
    expect(threads.heap.allocate(64)).toBeNull();
  });

  test('are never those of a living thread, however long it is silent', () => {
    using threads = new SlabThreads(64 * KIB);
    const { heap } = threads;
    const silent = threads.start();
    const blocks = take(silent.heap, KIB, 64);
    giveBack(silent.heap, blocks.slice(0, 10));
    expect(heap.allocate(64)).toBeNull();
    expect(heap.recover()).toMatchObject({ deadThreads: 0, slabsAdopted: 0 });
    expect(threads.start().heap.allocate(64)).toBeNull();
    expect(new Set(take(silent.heap, 10, 64))).toEqual(new Set(blocks.slice(0, 10)));
  });
});
