import { describe, expect, test } from 'vitest';
import { checkLocked } from '../../src/inspect/check.ts';
import { NO_UNIT, type Unit } from '../../src/layout/units.ts';
import { classFor, SLOT_BYTES } from '../../src/slab/size-class.ts';
import { deriveStarts } from '../../src/slab/slab-supply.ts';
import { NO_SLOT, REMOTE, type SlabTable } from '../../src/slab/slab-table.ts';
import { Locator } from '../../src/heap/locator.ts';
import { createSlab, slabHeapOf, useSlots, type SlabHeap } from '../support/slabs.ts';

const UNITS = 32;
const SLAB_UNITS = 4;
const OWNER = 2050;
const SIZE_CLASS = classFor(320);
const SLOT = SLOT_BYTES[SIZE_CLASS];

/** Two slabs one behind the other, of 12 slots each; the slots 0, 1, 3 and 11 of the second are in use. */
function twoSlabs(): SlabHeap & { first: Unit; second: Unit; base: number } {
  const heap = slabHeapOf(UNITS);
  const first = createSlab(heap, SLAB_UNITS, SIZE_CLASS, OWNER);
  const second = createSlab(heap, SLAB_UNITS, SIZE_CLASS, OWNER);
  useSlots(heap.slabs, second, [0, 1, 3, 11]);
  return { ...heap, first, second, base: heap.slabs.layout.addressOf(second) };
}

const stateOf = (slabs: SlabTable, start: Unit, slot: number) => slabs.states[slabs.firstState(start) + slot];
const snapshot = (slabs: SlabTable) => slabs.states.slice();

/** Frees the slot that starts at an address, as a thread does that does not own it. Returns the slab, or NO_UNIT. */
function freeAt({ table, slabs }: SlabHeap, address: number): Unit {
  const locator = new Locator(table, slabs);
  return locator.startsAt(address) && slabs.freeRemotely(locator.state) ? locator.slab : NO_UNIT;
}

describe('freeing a slot of another thread', () => {
  test('turns it from USED to REMOTE, changes nothing else and names the slab', () => {
    const heap = twoSlabs();
    const { slabs, second, base } = heap;
    const expected = snapshot(slabs);
    expected[slabs.firstState(second) + 3] = REMOTE;
    expect(freeAt(heap, base + 3 * SLOT)).toBe(second);
    expect(snapshot(slabs)).toEqual(expected);
  });

  test('works for the first and the last slot of a slab', () => {
    const heap = twoSlabs();
    const { slabs, second, base } = heap;
    expect([0, 11].map((slot) => freeAt(heap, base + slot * SLOT))).toEqual([second, second]);
    expect([0, 11].map((slot) => stateOf(slabs, second, slot))).toEqual([REMOTE, REMOTE]);
  });

  test.each<[string, (heap: ReturnType<typeof twoSlabs>) => number]>([
    ['a slot that is free', ({ base }) => base + 2 * SLOT],
    ['a slot of a slab without any in use', ({ slabs, first }) => slabs.layout.addressOf(first)],
    ['16 bytes into a slot', ({ base }) => base + 16],
    ['one byte into a slot', ({ base }) => base + 1],
    ['one byte before a slot', ({ base }) => base + SLOT - 1],
    ['the unused bytes behind the last slot', ({ base }) => base + 12 * SLOT],
    ['memory that is in no slab', ({ slabs }) => slabs.layout.addressOf((2 * SLAB_UNITS) as Unit)],
    ['the end of the memory', ({ slabs }) => slabs.layout.addressOf(UNITS as Unit)],
    ['far beyond the end', () => 2 ** 40],
    ['the bookkeeping', ({ slabs }) => slabs.layout.base - 16],
    ['0', () => 0],
    ['a negative address', () => -SLOT],
    ['a fraction', ({ base }) => base + 0.5],
    ['NaN', () => NaN],
    ['infinity', () => Infinity],
    ['an address plus 2³²', ({ base }) => base + 2 ** 32],
  ])('changes nothing and says so for %s', (...[, addressIn]) => {
    const heap = twoSlabs();
    const before = snapshot(heap.slabs);
    expect(freeAt(heap, addressIn(heap))).toBe(NO_UNIT);
    expect(snapshot(heap.slabs)).toEqual(before);
  });

  test('fails the second time, and after the slot became free', () => {
    const { slabs, second } = twoSlabs();
    const first = slabs.firstState(second);
    expect([slabs.freeRemotely(first), slabs.freeRemotely(first)]).toEqual([true, false]);
    expect(stateOf(slabs, second, 0)).toBe(REMOTE);
    for (const state of [NO_SLOT, 0, 7]) {
      slabs.states[first] = state;
      expect(slabs.freeRemotely(first)).toBe(false);
      expect(stateOf(slabs, second, 0)).toBe(state);
    }
  });
});

describe('a slab', () => {
  test('has class, owner and starts as described until it is forgotten', () => {
    const { slabs, first, second } = twoSlabs();
    const starts = () => Array.from({ length: 2 * SLAB_UNITS + 1 }, (_, unit) => slabs.startOf(unit));
    const [inFirst, inSecond] = [first, second].map((start) => Array.from({ length: SLAB_UNITS }, () => start));
    expect(starts()).toEqual([...inFirst, ...inSecond, NO_UNIT]);
    expect([slabs.classAt(second), slabs.ownerAt(second)]).toEqual([SIZE_CLASS, OWNER]);
    expect(slabs.slotCount(second, SLAB_UNITS)).toBe(12);
    slabs.setOwner(second, 0);
    expect([slabs.ownerAt(first), slabs.ownerAt(second)]).toEqual([OWNER, 0]);
    slabs.forget(first, SLAB_UNITS);
    expect(starts()).toEqual([...inFirst.map(() => NO_UNIT), ...inSecond, NO_UNIT]);
  });

  test('is empty when no slot is in use; slots freed by others do not count', () => {
    const { slabs, first, second } = twoSlabs();
    const free = (slot: number) => slabs.freeRemotely(slabs.firstState(second) + slot);
    expect([slabs.isEmpty(first, SLAB_UNITS), slabs.isEmpty(second, SLAB_UNITS)]).toEqual([true, false]);
    for (const slot of [0, 1, 3]) free(slot);
    expect(slabs.isEmpty(second, SLAB_UNITS)).toBe(false);
    free(11);
    expect(slabs.isEmpty(second, SLAB_UNITS)).toBe(true);
  });
});

test('which units lie in which slab is derived from the block map, wherever it is wrong', () => {
  const { table, slabs, first, second } = twoSlabs();
  const block = table.take(3, 1);
  slabs.forget(second, 2);
  slabs.setStart(block, 2, first);
  slabs.setStart(20 as Unit, 5, second);
  deriveStarts(table, slabs);
  checkLocked(table, slabs);
});

describe('check finds', () => {
  test.each<[string, (heap: ReturnType<typeof twoSlabs>) => void, string]>([
    [
      'a unit of a slab that has lost it',
      ({ slabs, second }) => slabs.forget(second, 1),
      'unit 4 claims to lie in a slab that starts at -1',
    ],
    [
      'a free unit that claims one',
      ({ slabs, second }) => slabs.setStart(9 as Unit, 1, second),
      'unit 9 claims to lie in a slab that starts at 4',
    ],
    [
      'a class that is none',
      ({ slabs, second }) => slabs.describe(second, SLAB_UNITS, 999, OWNER),
      'the slab at unit 4 has class 999',
    ],
    [
      'a state that is none',
      ({ slabs, second }) => (slabs.states[slabs.firstState(second) + 2] = 5000),
      'slot 2 of the slab at unit 4 has state 5000',
    ],
  ])('%s: CORRUPTED', (...[, vandalize, violation]) => {
    const heap = twoSlabs();
    checkLocked(heap.table, heap.slabs);
    vandalize(heap);
    expect(() => checkLocked(heap.table, heap.slabs)).toThrow(`the heap is inconsistent: ${violation}`);
  });
});
