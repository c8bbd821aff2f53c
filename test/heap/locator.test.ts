import { describe, expect, test, vi } from 'vitest';
import { Layout } from '../../src/layout/layout.ts';
import { Guarded, Lock, SLAB_UNIT_BYTES } from '../../src/layout/regions.ts';
import type { Unit } from '../../src/layout/units.ts';
import { Kind, Locator } from '../../src/heap/locator.ts';
import { classFor, SLOT_BYTES } from '../../src/slab/size-class.ts';
import { createSlab, slabHeapOf, useSlots } from '../support/slabs.ts';
import { usedHeap } from '../support/used-heap.ts';

/** Lets a thread see a 0 in place of every word for which `isTorn` holds, while it does not have the lock. */
function tornLooks({ words: all }: Layout, isTorn: (words: Int32Array, index: number) => boolean): Disposable {
  const { load } = Atomics;
  const spy = vi
    .spyOn(Atomics, 'load')
    .mockImplementation(((words: Int32Array, index: number) =>
      load(all, Lock.OWNER) === 0 && isTorn(words, index) ? 0 : load(words, index)) as typeof Atomics.load);
  return { [Symbol.dispose]: () => spy.mockRestore() };
}

describe('a look without the lock that is torn is repeated under it:', () => {
  test.each<[string, (layout: Layout) => (words: Int32Array, index: number) => boolean]>([
    ['the end of the memory', () => (_, index) => index === Guarded.UNIT_COUNT],
    [
      'the head bitmap',
      ({ regions }) =>
        ({ byteOffset }) =>
          byteOffset >= regions.headBitmap.start * 4,
    ],
    [
      'the block map',
      ({ regions }) =>
        ({ byteOffset }) =>
          byteOffset === regions.blockMap.start * 4,
    ],
    ['everything', () => () => true],
  ])('%s', (...[, tear]) => {
    using used = usedHeap();
    const { heap, first, second } = used;
    const bytes = heap.read(first, 64);
    {
      const layout = new Layout(heap.buffer);
      using _ = tornLooks(layout, tear(layout));
      expect(heap.sizeOf(second)).toBe(64);
      expect(Buffer.compare(heap.read(first, 64), bytes)).toBe(0);
      heap.write(first + 10, bytes.subarray(10, 20));
      expect(heap.view(Float64Array, second, 8)).toHaveLength(8);
    }
    heap.check();
  });
});

describe('of two slabs and a block', () => {
  const SLAB_UNITS = 4;
  const SLOT = SLOT_BYTES[classFor(320)];
  const USED_SLOTS = [0, 1, 3, 11];
  const heap = slabHeapOf(32);
  createSlab(heap, SLAB_UNITS, classFor(320), 2050);
  const slab = createSlab(heap, SLAB_UNITS, classFor(320), 2050);
  useSlots(heap.slabs, slab, USED_SLOTS);
  const { layout } = heap.table;
  const block = layout.addressOf(heap.table.take(3, 1));
  const base = layout.addressOf(slab);
  const locator = new Locator(heap.table, heap.slabs);

  test('every byte of a slot in use is found in it, and no byte of a free one', () => {
    for (let offset = 0; offset < SLAB_UNITS * SLAB_UNIT_BYTES; offset++) {
      const slot = Math.floor(offset / SLOT);
      const isUsed = USED_SLOTS.includes(slot);
      if (locator.locate(base + offset) !== isUsed) expect.fail(`offset ${offset} of slot ${slot}`);
      if (!isUsed) continue;
      const { kind, start, byteLength, state } = locator;
      const expected = [Kind.SLOT, base + slot * SLOT, SLOT, slab, heap.slabs.firstState(slab) + slot];
      if (String([kind, start, byteLength, locator.slab, state]) !== String(expected)) expect.fail(`offset ${offset}`);
    }
  });

  test('every byte of the block is found in it', () => {
    for (let offset = 0; offset < 3 * SLAB_UNIT_BYTES; offset++) {
      if (!locator.locate(block + offset)) expect.fail(`offset ${offset}`);
      const { kind, start, byteLength } = locator;
      if (String([kind, start, byteLength]) !== String([Kind.BLOCK, block, 3 * SLAB_UNIT_BYTES])) {
        expect.fail(`offset ${offset}`);
      }
    }
  });

  test.each<[string, number, number]>([
    ['a slot of an empty slab', layout.addressOf(0 as Unit), Kind.FREE],
    ['the first byte behind the block', block + 3 * SLAB_UNIT_BYTES, Kind.FREE],
    ['the last byte', layout.addressOf(32 as Unit) - 1, Kind.FREE],
    ['the end', layout.addressOf(32 as Unit), Kind.NOWHERE],
    ['the byte before the first', layout.base - 1, Kind.NOWHERE],
    ['far beyond the end', 2 ** 52, Kind.NOWHERE],
    ['0', 0, Kind.NOWHERE],
    ['a fraction', base + 0.5, Kind.NOWHERE],
    ['NaN', Number.NaN, Kind.NOWHERE],
    ['infinity', Number.POSITIVE_INFINITY, Kind.NOWHERE],
  ])('%s is in no block', (_, address, kind) => {
    expect(locator.locate(address)).toBe(false);
    expect(locator.kind).toBe(kind);
    expect([locator.startsAt(address), locator.holds(address, 0)]).toEqual([false, false]);
  });
});
