import { describe, expect, test } from 'vitest';
import type { MemoryManager } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { Guarded, Lock, ThreadSlot } from '../../src/layout/regions.ts';
import { errorOf } from '../support/misuse.ts';
import { SlabThreads } from '../support/slabs.ts';

/** A heap of two threads with a slab each, of 64-byte slots; the first has freed one of its slots. */
function heapOfTwo(): {
  threads: SlabThreads;
  heap: MemoryManager;
  layout: Layout;
  slabs: [own: number, other: number];
} {
  const threads = new SlabThreads(65_536);
  const { heap } = threads;
  const other = threads.start().heap;
  const layout = new Layout(heap.buffer);
  const own = Array.from({ length: 4 }, () => heap.allocate(64)!);
  const slabs: [number, number] = [layout.unitAt(own[0]), layout.unitAt(other.allocate(64)!)];
  heap.deallocate(own[2]);
  heap.check();
  other.check();
  return { threads, heap, layout, slabs };
}

type Vandalism = (layout: Layout, own: number, other: number) => void;

const ownersOf = (layout: Layout) => layout.viewOf(layout.regions.slabOwners);
const statesOf = (layout: Layout) =>
  new Uint16Array(layout.buffer, layout.regions.slotStates.start * 4, layout.regions.slotStates.wordCount * 2);
const STATES_PER_UNIT = 64;

const acts: [string, Vandalism, RegExp][] = [
  [
    'an owner without a thread slot',
    (layout, _, other) => (ownersOf(layout)[other] = (1 << 11) | (65 << 1)),
    /^the heap is inconsistent: the slab at unit \d+ has the owner word 2178, which names no thread of this heap$/u,
  ],
  [
    'an owner word with a stray bit',
    (layout, _, other) => (ownersOf(layout)[other] |= 1),
    /has the owner word 2053, which names no thread/u,
  ],
  [
    'a negative owner word',
    (layout, _, other) => (ownersOf(layout)[other] = -2),
    /has the owner word -2, which names no thread/u,
  ],
  [
    'an own slab with the name of another thread',
    (layout, own, other) => (ownersOf(layout)[own] = ownersOf(layout)[other]),
    /the slab at unit \d+ is this thread's, and has another owner/u,
  ],
  [
    'a class that is none',
    (layout, _, other) => (layout.viewOf(layout.regions.slabClasses)[other] = 99),
    /the slab at unit \d+ has class 99/u,
  ],
  [
    'a slot that is taken although its owner lists it as free',
    (layout, own) => (statesOf(layout)[own * STATES_PER_UNIT + 2] = 0xffff),
    /comes to slot 65535 in error/u,
  ],
  [
    'a slot that is free although its owner does not list it so',
    (layout, own) => (statesOf(layout)[own * STATES_PER_UNIT + 1] = 7),
    /slot 1 of the slab at unit \d+ has state 7, and its owner does not list it as free/u,
  ],
  [
    'free slots that run in a circle',
    (layout, own) => (statesOf(layout)[own * STATES_PER_UNIT + 2] = 2),
    /the list of free slots of the slab at unit \d+ comes to slot 2 in error/u,
  ],
  [
    'an own thread slot that is free',
    (layout) => layout.viewOf(layout.regions.threadSlots).fill(0, ThreadSlot.CLAIM, ThreadSlot.CLAIM + 2),
    /thread slot 0, which this thread claimed, is another's or free/u,
  ],
  [
    'an own thread slot of another generation',
    (layout) => (layout.viewOf(layout.regions.threadSlots)[ThreadSlot.CLAIM + 1] += 2 ** 12),
    /thread slot 0, which this thread claimed, is another's or free/u,
  ],
  [
    'a thread without a possible worker id',
    (layout) => (layout.viewOf(layout.regions.threadSlots)[ThreadSlot.WORDS + ThreadSlot.WORKER_ID] = -1),
    /thread slot 1 is that of worker -2/u,
  ],
  [
    'a peak beyond all memory',
    (layout) => (layout.words[Guarded.PEAK_USED_UNITS] = 65),
    /the peak of used units lies beyond the units there are/u,
  ],
];

describe('check', () => {
  test.each(acts)('finds %s: CORRUPTED', (_, vandalize, message) => {
    const { threads, heap, layout, slabs } = heapOfTwo();
    const before = layout.words.slice();
    vandalize(layout, ...slabs);
    const error = errorOf(() => heap.check());
    expect(error.code).toBe('CORRUPTED');
    expect(error.message).toMatch(message);
    layout.words.set(before);
    heap.check();
    threads[Symbol.dispose]();
  });

  test.each([-2, 2 ** 31 - 2, 1 << 11, (1 << 11) | (65 << 1), (1 << 11) | (1023 << 1) | 1])(
    'and every other look finds a lock in the hands of no thread, word %i: CORRUPTED',
    (word) => {
      const { threads, heap, layout } = heapOfTwo();
      layout.words[Lock.OWNER] = word;
      const looks = [() => heap.check(), () => heap.stats(), () => heap.blocks(), () => heap.freeRuns()];
      for (const look of [...looks, () => heap.recover(), () => heap.allocate(20_000)]) {
        const error = errorOf(look);
        expect(error.code).toBe('CORRUPTED');
        expect(error.message).toMatch(/names no thread/u);
      }
      layout.words[Lock.OWNER] = 0;
      heap.check();
      threads[Symbol.dispose]();
    },
  );

  test('passes what others have freed in own slabs, and slabs of the dead', () => {
    using threads = new SlabThreads(65_536);
    const { heap } = threads;
    const dying = threads.start();
    const living = threads.start().heap;
    const own = Array.from({ length: 8 }, () => heap.allocate(64)!);
    for (const size of [16, 64, 500]) dying.heap.allocate(size);
    for (const address of own.slice(3)) living.deallocate(address);
    dying.die();
    heap.check();
    living.check();
  });
});
