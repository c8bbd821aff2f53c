import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { classFor, SLOT_BYTES } from '../../src/slab/size-class.ts';
import { Slab } from '../../src/slab/slab.ts';
import { NO_SLOT, REMOTE, USED } from '../../src/slab/slab-table.ts';
import { createSlab, slabHeapOf, useSlots, type SlabHeap } from '../support/slabs.ts';

const SIZE_CLASS = classFor(256);

function slabOf(heap: SlabHeap, unitCount: number): Slab {
  return new Slab(heap.slabs, SIZE_CLASS, createSlab(heap, unitCount, SIZE_CLASS, 2), unitCount, 1);
}

/** The slots on the list of free ones, in its order. */
function freeSlots(slab: Slab, states: Uint16Array): number[] {
  const slots: number[] = [];
  for (let slot = slab.head; slot !== NO_SLOT; slot = states[slab.firstState + slot]) {
    slots.push(slot);
    if (slots.length > slab.slotCount) expect.fail('the list of free slots does not end');
  }
  return slots;
}

const anyState = fc.constantFrom('used', 'remote', 'free');

test('whatever states it is found in, a slab links all slots that are not in use, lowest first', () => {
  fc.assert(
    fc.property(fc.array(anyState, { minLength: 16, maxLength: 16 }), (kinds) => {
      const heap = slabHeapOf(8);
      const slab = slabOf(heap, 4);
      const { states } = heap.slabs;
      kinds.forEach((kind, slot) => {
        if (kind === 'free') states[slab.firstState + slot] = slot % 2 === 0 ? NO_SLOT : 3;
        else states[slab.firstState + slot] = kind === 'used' ? USED : REMOTE;
      });
      slab.linkFreeSlots(states);
      const indices = kinds.map((_, slot) => slot);
      expect(freeSlots(slab, states)).toEqual(indices.filter((slot) => kinds[slot] !== 'used'));
      expect(slab.live).toBe(kinds.filter((kind) => kind === 'used').length);
      expect([slab.isEmpty, slab.hasFreeSlot]).toEqual([
        kinds.every((kind) => kind !== 'used'),
        kinds.some((kind) => kind !== 'used'),
      ]);
    }),
  );
});

test('collecting frees exactly the slots that others freed, says how many, and keeps those free already', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 15 })), fc.uniqueArray(fc.nat({ max: 15 })), (used, freed) => {
      const heap = slabHeapOf(8);
      const slab = slabOf(heap, 4);
      const { states } = heap.slabs;
      useSlots(heap.slabs, slab.start, used);
      slab.linkFreeSlots(states);
      const before = freeSlots(slab, states);
      const remote = freed.filter((slot) => used.includes(slot));
      for (const slot of remote) states[slab.firstState + slot] = REMOTE;
      expect(slab.collect(states)).toBe(remote.length);
      expect(new Set(freeSlots(slab, states))).toEqual(new Set([...before, ...remote]));
      expect(slab.live).toBe(used.length - remote.length);
      expect(slab.live + freeSlots(slab, states).length).toBe(slab.slotCount);
      expect(slab.collect(states)).toBe(0);
    }),
  );
});

test('a slab is worth allocating from again when a quarter of its slots is free, at least one', () => {
  const heap = slabHeapOf(64);
  expect(slabOf(heap, 16).reuseThreshold).toBe(48);
  expect(slabOf(heap, 1).reuseThreshold).toBe(3);
  const large = classFor(8192);
  expect(new Slab(heap.slabs, large, createSlab(heap, 8, large, 2), 8, 2).reuseThreshold).toBe(0);
});

test('a slab knows where its slots are', () => {
  const heap = slabHeapOf(64);
  slabOf(heap, 3);
  const slab = slabOf(heap, 5);
  expect(slab.address).toBe(heap.slabs.layout.addressOf(slab.start));
  expect(slab).toMatchObject({ start: 3, unitCount: 5, slotCount: 20, slotBytes: SLOT_BYTES[SIZE_CLASS], live: 0 });
});
