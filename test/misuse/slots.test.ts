import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { SLAB_UNIT_BYTES } from '../../src/layout/regions.ts';
import { FakeThread, FakeThreads } from '../support/fake-threads.ts';
import { errorOf, expectRefused } from '../support/misuse.ts';

/** Three slots of 320 bytes fill a unit but for its last 64 bytes. */
const SLOT_BYTES = 320;
const HEAP_UNITS = 64;

function heapWithSlots(): { heap: MemoryManager; slots: number[] } & Disposable {
  const heap = new MemoryManager(HEAP_UNITS * SLAB_UNIT_BYTES, { slabs: true });
  const slots = [heap.allocate(SLOT_BYTES)!, heap.allocate(SLOT_BYTES)!];
  return { heap, slots, [Symbol.dispose]: () => heap.detach() };
}

const isFree = (address: number) => `address ${address} is free already`;

describe('a slot', () => {
  test('is found by every byte in it, and only by its first can it be freed', () => {
    using used = heapWithSlots();
    const { heap, slots } = used;
    for (const offset of [1, 15, 16, 17, SLOT_BYTES - 16, SLOT_BYTES - 1]) {
      const address = slots[1] + offset;
      expect(heap.read(address, 1)).toHaveLength(1);
      const message = `address ${address} lies inside the block that starts at ${slots[1]}; give the start of a block`;
      expectRefused(heap, () => heap.deallocate(address), 'INVALID_ADDRESS', message);
      expectRefused(heap, () => heap.sizeOf(address), 'INVALID_ADDRESS', message);
    }
  });

  test('that was freed, or never handed out, is DOUBLE_FREE', () => {
    using used = heapWithSlots();
    const { heap, slots } = used;
    heap.deallocate(slots[0]);
    for (const address of [slots[0], slots[0] + 16, slots[1] + SLOT_BYTES]) {
      expectRefused(heap, () => heap.deallocate(address), 'DOUBLE_FREE', isFree(address));
      expectRefused(heap, () => heap.sizeOf(address), 'INVALID_ADDRESS', `address ${address} lies in free memory`);
    }
  });

  test('does not reach into the unused bytes behind the last slot of its slab, which are free memory', () => {
    using used = heapWithSlots();
    const { heap, slots } = used;
    const last = heap.allocate(SLOT_BYTES)!;
    expect(last).toBe(slots[1] + SLOT_BYTES);
    const behind = last + SLOT_BYTES;
    expect(behind % SLAB_UNIT_BYTES).not.toBe(0);
    expectRefused(heap, () => heap.deallocate(behind), 'DOUBLE_FREE', isFree(behind));
    const misaligned = `address ${behind + 1} is no multiple of 16, so no block starts there`;
    expectRefused(heap, () => heap.deallocate(behind + 1), 'INVALID_ADDRESS', misaligned);
    expectRefused(heap, () => heap.read(behind, 1), 'INVALID_ADDRESS', `address ${behind} lies in free memory`);
    const past = `${SLOT_BYTES + 1} bytes from ${last} on leave the block that starts at ${last}: ${SLOT_BYTES} bytes are left there`;
    expectRefused(heap, () => heap.read(last, SLOT_BYTES + 1), 'OUT_OF_BOUNDS', past);
  });

  test('of a slab that is empty is DOUBLE_FREE, before and after the slab is given back', () => {
    using used = heapWithSlots();
    const { heap, slots } = used;
    for (const address of slots) heap.deallocate(address);
    for (const address of slots) expectRefused(heap, () => heap.deallocate(address), 'DOUBLE_FREE', isFree(address));
    expect(heap.stats().usedBytes).toBeGreaterThan(0);
    heap.recover();
    expect(heap.stats().usedBytes).toBe(0);
    for (const address of slots) expectRefused(heap, () => heap.deallocate(address), 'DOUBLE_FREE', isFree(address));
  });

  test('of a slab whose memory became a large block is INVALID_ADDRESS but for its start', () => {
    using used = heapWithSlots();
    const { heap, slots } = used;
    for (const address of slots) heap.deallocate(address);
    heap.recover();
    const block = heap.allocate(HEAP_UNITS * SLAB_UNIT_BYTES)!;
    expect(block).toBe(slots[0]);
    const message = `address ${slots[1]} lies inside the block that starts at ${block}; give the start of a block`;
    expectRefused(heap, () => heap.deallocate(slots[1]), 'INVALID_ADDRESS', message);
    heap.deallocate(block);
  });

  test('freed by another thread is DOUBLE_FREE for both, whether or not it was collected', () => {
    const threads = new FakeThreads();
    const heap = new MemoryManager(HEAP_UNITS * SLAB_UNIT_BYTES, { slabs: true, liveness: threads.start() });
    const slots = [heap.allocate(SLOT_BYTES)!, heap.allocate(SLOT_BYTES)!];
    const other = new MemoryManager(new FakeThread(heap, threads).member);
    other.deallocate(slots[0]);
    for (const thread of [heap, other]) {
      expectRefused(thread, () => thread.deallocate(slots[0]), 'DOUBLE_FREE', isFree(slots[0]));
      expectRefused(thread, () => thread.sizeOf(slots[0]), 'INVALID_ADDRESS', /lies in free memory$/u);
    }
    heap.recover();
    for (const thread of [heap, other]) {
      expect(errorOf(() => thread.deallocate(slots[0])).message).toBe(isFree(slots[0]));
      expect(errorOf(() => thread.deallocate(slots[1] + 16)).code).toBe('INVALID_ADDRESS');
    }
    other.deallocate(slots[1]);
    heap.check();
    other.detach();
    heap.detach();
  });
});

test('a bad call at a slot writes nothing into it', () => {
  using used = heapWithSlots();
  const { heap, slots } = used;
  const left = `${SLOT_BYTES} bytes are left there`;
  const message = `${SLOT_BYTES + 16} bytes from ${slots[0]} on leave the block that starts at ${slots[0]}: ${left}`;
  expectRefused(heap, () => heap.write(slots[0], new Uint8Array(SLOT_BYTES + 16).fill(1)), 'OUT_OF_BOUNDS', message);
  expectRefused(heap, () => heap.reallocate(slots[0] + 16, 10), 'INVALID_ADDRESS', /lies inside the block/u);
});
