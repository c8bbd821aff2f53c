/**
 * mleak's pattern: threads come one after the other, put new blocks in the place of old ones that others left, and end.
 * A real worker takes half a second to start here, so a few of them are real, and 500 exist for the heap alone.
 */
import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { expectOneFreeRun } from '../support/heap-options.ts';
import { SlabThreads } from '../support/slabs.ts';
import { Thread } from '../support/threads.ts';

const MIB = 2 ** 20;
const LIVES = 500;
const PLACES = 300;
/** Lives after which the memory in use is taken to have found its level. */
const WARM = 30;

type End = 'detaches' | 'dies' | 'dies in the lock';
const ENDS: readonly End[] = ['detaches', 'dies', 'dies in the lock'];

/** One life: exchanges the blocks in some places for new ones of other sizes. */
function exchange(heap: MemoryManager, places: number[], life: number): void {
  for (let turn = 0; turn < PLACES / 2; turn++) {
    const place = (turn * 7 + life * 13) % PLACES;
    const before = places[place];
    places[place] = heap.allocate(16 + ((place * 37 + life * 11) % 600))!;
    expect(places[place]).not.toBeNull();
    if (before !== 0) heap.deallocate(before);
  }
}

describe(`${LIVES} short-lived threads one after the other leave the footprint flat`, () => {
  test.each<[string, (life: number) => End]>([
    ['when each detaches', () => 'detaches'],
    ['when each dies without detaching', () => 'dies'],
    ['however each of them ends', (life) => ENDS[(life * 7) % 3]],
  ])('%s', (...[, endOf]) => {
    using threads = new SlabThreads(4 * MIB, { maxThreads: 8, lockTimeoutMs: 10 });
    const places = Array.from({ length: PLACES }, () => 0);
    let warm = 0;
    for (let life = 0; life < LIVES; life++) {
      const { heap, thread, die } = threads.start();
      exchange(heap, places, life);
      const end = endOf(life);
      if (end === 'dies in the lock') thread.holdLock();
      if (end === 'detaches') heap.detach();
      else die();
      if (life === WARM) warm = threads.heap.stats().peakUsedBytes;
    }
    const { peakUsedBytes, usedBytes, threads: attached } = threads.heap.stats();
    expect(peakUsedBytes).toBeLessThanOrEqual(warm * 1.5);
    expect(usedBytes).toBeLessThanOrEqual(peakUsedBytes);
    expect(attached).toBeLessThanOrEqual(2);
    for (const address of places) if (address !== 0) threads.heap.deallocate(address);
    threads.heap.recover();
    expectOneFreeRun(threads.heap);
  });
});

test.runIf(process.platform === 'linux')(
  'real workers one after the other leave the footprint flat, whether they detach, just end or are terminated',
  async () => {
    using heap = new MemoryManager(4 * MIB, { maxThreads: 4 });
    const places = new BigUint64Array(heap.buffer, heap.allocate(64 * 8, { zeroed: true })!, 64);
    heap.root = places.byteOffset;
    const jobs = ['exchangeAndDetach', 'exchangeAndVanish', 'exchangeAndStay'] as const;
    let warm = 0;
    for (let life = 0; life < 12; life++) {
      const thread = new Thread(heap, jobs[life % 3], { index: life, rounds: 200 });
      expect(await thread.told()).toBe('exchanged');
      if (life % 3 === 2) await thread.terminate();
      else await thread.end();
      if (life === 5) warm = heap.stats().peakUsedBytes;
    }
    expect(heap.stats().peakUsedBytes).toBeLessThanOrEqual(warm * 1.5);
    heap.check();
    for (const address of places) if (address !== 0n) heap.deallocate(Number(address));
    heap.deallocate(places.byteOffset);
    heap.recover();
    expectOneFreeRun(heap);
    expect(heap.stats().threads).toBe(1);
  },
  60_000,
);
