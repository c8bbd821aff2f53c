/**
 * Images of heaps in which threads have died: what was found is kept, and what is loaded is repaired.
 */
import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { findingsIn, type ImageFindings } from '../../src/image/findings.ts';
import { MemorySource } from '../../src/image/medium/source.ts';
import { takeSlot } from '../../src/heap/blocks.ts';
import { Layout } from '../../src/layout/layout.ts';
import { Change, Guarded } from '../../src/layout/regions.ts';
import { openMember } from '../../src/memory-manager/members.ts';
import { classFor } from '../../src/slab/size-class.ts';
import { contentsOf } from '../support/image-heap.ts';
import { expectPattern, fillWithPattern } from '../support/pattern.ts';
import { Thread } from '../support/threads.ts';

const MIB = 2 ** 20;

const findingsOf = (image: Uint8Array): ImageFindings => findingsIn(new MemorySource(image));

/** A heap with three blocks of 3 units in a row, of which the outer two are free. */
function holedHeap(slabs: boolean): { heap: MemoryManager; middle: number; size: number } {
  const heap = new MemoryManager(MIB, { slabs });
  const size = slabs ? 12_288 : 48;
  const [first, middle, last, end] = Array.from({ length: 4 }, () => heap.allocate(size)!);
  for (const address of [middle, end]) fillWithPattern(heap, address, address);
  heap.deallocate(first);
  heap.deallocate(last);
  return { heap, middle, size };
}

/** The job runs up to the middle of things, and its thread dies there. */
async function dieIn(heap: MemoryManager, job: 'dieTaking' | 'dieGivingBack', address: number): Promise<void> {
  const thread = new Thread(heap, job, { rounds: address });
  expect(await thread.told()).toBe('half-way');
  await thread.terminate();
}

describe.each([true, false])('with slabs: %s', (slabs) => {
  test('the image of a heap whose lock a dead thread holds says so, and is loaded repaired', async () => {
    const { heap, middle } = holedHeap(slabs);
    await dieIn(heap, 'dieTaking', middle);
    const image = heap.image();
    const { found, structure } = findingsOf(image);
    const owner = found.threads.find((thread) => thread.owner === found.lockOwner);
    expect(owner).toMatchObject({ isAlive: false });
    expect(found.threads.filter(({ isAlive }) => isAlive)).toHaveLength(1);
    expect(found).toMatchObject({ change: Change.BLOCKS, pendingHead: 0, pendingWord: 3, isCommitted: true });
    using loaded = MemoryManager.load(image);
    loaded.check();
    expect(contentsOf(loaded)).toBe(contentsOf(heap));
    expect([...loaded.blocks()][0].address).toBe(structure.base);
    expectPattern(loaded, middle, middle);
    heap.check();
    heap.detach();
  });

  test('a block that a thread died in giving back is free in the image', async () => {
    const { heap, middle } = holedHeap(slabs);
    await dieIn(heap, 'dieGivingBack', middle);
    const image = heap.image();
    expect(findingsOf(image).found).toMatchObject({ change: Change.BLOCKS, isCommitted: true, pendingHead: 0 });
    using loaded = MemoryManager.load(image);
    loaded.check();
    expect(Array.from(loaded.blocks(), ({ address }) => address)).not.toContain(middle);
    expect(contentsOf(loaded)).toBe(contentsOf(heap));
    heap.detach();
  });
});

test.each([
  { change: Change.PREPARED, head: 0, word: 0, isCommitted: false },
  { change: Change.BLOCKS, head: 1, word: 77, isCommitted: false },
  { change: Change.GROWTH, head: 100, word: 65_536, isCommitted: true },
  { change: Change.GROWTH, head: 65_536, word: 70_000, isCommitted: false },
])('a change that was cut short is found as it was left: %j', ({ change, head, word, isCommitted }) => {
  using heap = new MemoryManager(MIB, { slabs: false });
  const address = heap.allocate(40)!;
  const { words } = new Layout(heap.buffer);
  words[Guarded.PENDING_HEAD] = head;
  words[Guarded.PENDING_WORD] = word;
  words[Guarded.DIRTY] = change;
  const image = heap.image();
  const pending = change === Change.PREPARED ? [0, 0] : [head, word];
  expect(findingsOf(image).found).toMatchObject({
    change,
    pendingHead: pending[0],
    pendingWord: pending[1],
    isCommitted,
    lockOwner: 0,
  });
  using loaded = MemoryManager.load(image);
  loaded.check();
  expect(loaded.sizeOf(address)).toBe(48);
  loaded.deallocate(address);
});

test('slots of the dead, of those who left and of the living are told apart, and are adopted when they are loaded', async () => {
  using heap = new MemoryManager(MIB, { slabs: true });
  heap.root = heap.allocate(512, { zeroed: true })!;
  const dies = new Thread(heap, 'exchangeAndStay', { rounds: 1, index: 0 });
  expect(await dies.told()).toBe('exchanged');
  const leaves = openMember(new Layout(heap.buffer), { fits: [], liveness: undefined });
  expect(leaves.slabs!.allocate(80) || takeSlot(leaves, classFor(80))).toBeGreaterThan(0);
  leaves.leave();
  await dies.terminate();
  const image = heap.image();
  const { owners, blocks } = findingsOf(image);
  expect(blocks).toBe(3);
  expect(owners).toEqual([
    expect.objectContaining({ state: 'alive', blocks: 1, slabs: 1, bytes: 512 }),
    expect.objectContaining({ state: 'none', blocks: 1, slabs: 1, bytes: 80 }),
    expect.objectContaining({ state: 'dead', blocks: 1, slabs: 1, bytes: 16 }),
  ]);
  const loaded = MemoryManager.load(image);
  expect(findingsOf(loaded.image()).owners).toMatchObject([{ state: 'alive', blocks: 3, slabs: 3 }]);
  for (const { address } of loaded.blocks()) loaded.deallocate(address);
  loaded.recover();
  expect(loaded.stats()).toMatchObject({ liveBytes: 0, usedBytes: 0 });
  loaded.detach();
});
