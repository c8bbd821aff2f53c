import { describe, expect, test, vi } from 'vitest';
import { Guarded } from '../../src/layout/regions.ts';
import type { Unit } from '../../src/layout/units.ts';
import { returnOrphanLocked } from '../../src/slab/slab-supply.ts';
import { NO_OWNER } from '../../src/slab/slab-table.ts';
import { ThreadSlots } from '../../src/sync/thread-slots.ts';
import { Layout } from '../../src/layout/layout.ts';
import { FakeThreads } from '../support/fake-threads.ts';
import { createSlab, slabHeapOf, SlabThreads } from '../support/slabs.ts';
import { emptyHeapBuffer } from '../support/tables.ts';

const KIB = 1024;

describe('slabs that the dead have left', () => {
  test('are given back by whoever adopts them, if others have freed all that was in them', () => {
    using threads = new SlabThreads(256 * KIB);
    const { heap } = threads;
    const { heap: dying, die: end } = threads.start();
    const blocks = Array.from({ length: 100 }, () => dying.allocate(64)!);
    end();
    for (const block of blocks) heap.deallocate(block);
    expect(heap.stats().usedBytes).toBeGreaterThan(0);
    threads.start();
    expect(heap.stats().usedBytes).toBe(0);
  });
});

function slabOf(owner: number) {
  const heap = slabHeapOf(16);
  const start = createSlab(heap, 4, 3, owner);
  return { ...heap, start };
}

function slotsOfThread() {
  const layout = new Layout(emptyHeapBuffer(64));
  const threads = new FakeThreads();
  const liveness = threads.start();
  return { layout, threads, liveness, slots: new ThreadSlots(layout, liveness) };
}

function die(): never {
  throw new Error('died');
}

describe('a slab without live slots', () => {
  test('is returned when nobody owns it', () => {
    const { table, slabs, start } = slabOf(NO_OWNER);
    returnOrphanLocked(table, slabs, start);
    expect(table.layout.words[Guarded.USED_UNITS]).toBe(0);
  });

  test('stays when somebody owns it by now', () => {
    const { table, slabs, start } = slabOf(8);
    returnOrphanLocked(table, slabs, start);
    expect(table.layout.words[Guarded.USED_UNITS]).toBe(4);
  });

  test('is not looked for where another block starts by now', () => {
    const { table, slabs, start } = slabOf(NO_OWNER);
    returnOrphanLocked(table, slabs, start);
    const block = table.take(4, 1);
    expect(block).toBe(start);
    returnOrphanLocked(table, slabs, start);
    returnOrphanLocked(table, slabs, (start + 1) as Unit);
    expect(table.layout.words[Guarded.USED_UNITS]).toBe(4);
  });
});

/** Something happens at the one compare-exchange that changes whose the slot is. */
describe('orphans are noted', () => {
  const real = Atomics.compareExchange.bind(Atomics);
  const atTheExchange = (layout: Layout, moment: 'before' | 'after', what: (words: Int32Array) => void): void => {
    vi.spyOn(Atomics, 'compareExchange').mockImplementationOnce((...args: Parameters<typeof real>) => {
      if (moment === 'before') what(layout.words);
      const seen = real(...args);
      if (moment === 'after') what(layout.words);
      return seen;
    });
  };
  test('when a thread dies right after it has released its slot', () => {
    const { layout, slots } = slotsOfThread();
    const owner = slots.claim();
    layout.words[Guarded.ORPHANS] = 0;
    atTheExchange(layout, 'after', die);
    expect(() => slots.release(owner)).toThrow('died');
    expect(layout.words[Guarded.ORPHANS]).not.toBe(0);
  });

  test('when another thread has looked for them in vain right before the slot was released', () => {
    const { layout, slots } = slotsOfThread();
    const owner = slots.claim();
    atTheExchange(layout, 'before', (words) => (words[Guarded.ORPHANS] = 0));
    slots.release(owner);
    expect(layout.words[Guarded.ORPHANS]).not.toBe(0);
  });

  test('when the slot of a dead thread is claimed', () => {
    const { layout, threads, liveness, slots } = slotsOfThread();
    slots.claim();
    const other = threads.start();
    new ThreadSlots(layout, other).claim();
    threads.kill(liveness.identity);
    layout.words[Guarded.ORPHANS] = 0;
    new ThreadSlots(layout, threads.start()).claim();
    expect(layout.words[Guarded.ORPHANS]).not.toBe(0);
  });
});
