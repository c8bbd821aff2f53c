/** Structs that several threads have. */
import { afterEach, expect, it } from 'vitest';
import { MemoryManager } from '../../../src/index.ts';
import { string, struct, structNameAt, type DataHeap } from '../../../src/data/index.ts';
import { Shared } from '../../support/shared-struct.ts';
import { newSignal, runInThreads, Thread } from '../../support/threads.ts';

const { or } = Atomics;
afterEach(() => {
  Atomics.or = or;
});

it('count, hand on and name what all of them have', async () => {
  const heap = new MemoryManager(2 ** 22);
  const shared = Shared.allocate(heap, { text: 'at first' });
  heap.root = shared.address;
  const signal = newSignal();
  await runInThreads(2, heap, 'changeStruct', { rounds: 2000, signal });
  expect(shared.count.load()).toBe(4000);
  expect(shared.text).toMatch(/^(?<letter>[ab])\k<letter>*$/);
  expect(shared.next?.text).toBe('linked');
  heap.check();
});

it('wait for a number to change, and are woken', async () => {
  const heap = new MemoryManager(2 ** 20);
  const shared = Shared.allocate(heap);
  heap.root = shared.address;
  const thread = new Thread(heap, 'waitForStruct');
  expect(await thread.told()).toBe('waiting');
  shared.count.store(5);
  shared.count.notify();
  expect(await thread.told()).toBe(5);
  await thread.end();
});

it('that define a name otherwise are told', async () => {
  const heap = new MemoryManager(2 ** 20);
  const Mine = struct('Shared', { other: string });
  heap.root = Mine.allocate(heap).address;
  const thread = new Thread(heap, 'waitForStruct');
  await expect(thread.end()).rejects.toThrow(
    'the heap has another struct Shared: ["Shared",["other","string",4]], here',
  );
});

it(
  'that end at any time leave at most what one of them was making, and whole texts',
  { timeout: 120_000 },
  async () => {
    const heap = new MemoryManager(2 ** 22);
    const shared = Shared.allocate(heap, { text: 'a' });
    heap.root = shared.address;
    const KILLS = 8;
    for (let kill = 0; kill < KILLS; kill++) {
      const thread = new Thread(heap, 'changeStruct', { index: kill % 2, rounds: 1e9 });
      expect(await thread.told()).toBe('at it');
      while (shared.count.load() < (kill + 1) * 500) await new Promise(setImmediate);
      await thread.terminate();
      expect(shared.text).toMatch(/^(?<letter>[ab])\k<letter>*$/);
    }
    heap.recover();
    heap.check();
    // Of each: a struct with its two texts, and a text that was replaced or not yet set.
    const known = Array.from(heap.blocks()).filter(({ address }) => structNameAt(heap, address) === 'Shared').length;
    expect(known).toBeLessThanOrEqual(1 + KILLS);
    expect(Array.from(heap.blocks()).length).toBeLessThanOrEqual(3 + 4 * KILLS);
  },
);

it('read anew when a text comes back to its block with other contents while it is read', () => {
  const heap = new MemoryManager(2 ** 20);
  const shared = Shared.allocate(heap, { text: 'one two three' });
  const before = new Set(Array.from(heap.blocks(), ({ address }) => address));
  Atomics.or = ((...rest: Parameters<typeof or>) => {
    Atomics.or = or;
    shared.text = 'four five six';
    shared.text = 'seven to nine';
    return or(...rest);
  }) as typeof or;
  expect(shared.text).toBe('seven to nine');
  expect(new Set(Array.from(heap.blocks(), ({ address }) => address))).toEqual(before);
});

it('tell those who read a text that it will go, before its block is free', () => {
  const heap = new MemoryManager(2 ** 20);
  const seen: unknown[] = [];
  const watched: DataHeap = {
    buffer: heap.buffer,
    allocate: (size) => heap.allocate(size),
    sizeOf: (address) => heap.sizeOf(address),
    deallocate(address) {
      seen.push(Atomics.load(words, version));
      heap.deallocate(address);
    },
  };
  const shared = Shared.allocate(watched, { text: 'one' });
  const words = new Uint32Array(heap.buffer);
  // Behind the type and the count: the reference to the text, then its version.
  const version = shared.address / 4 + 3;
  shared.text = 'two';
  shared.text = 'three';
  expect(seen).toEqual([1, 2]);
});
