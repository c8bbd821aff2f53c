import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { expectOneFreeRun } from '../support/heap-options.ts';
import type { LeaveInFlightInput } from '../support/leave-in-flight.ts';
import { FakeThread, FakeThreads } from '../support/fake-threads.ts';
import { SlabThreads } from '../support/slabs.ts';

const KIB = 1024;
/** A slot whose class has no slab yet, and a block of the table: both need the lock. */
const SIZES = [64, 9000];

describe.each(SIZES)('a request for %i bytes that has been served but not handed over', (size) => {
  test('is undone when its thread detaches, and rejected with DETACHED', async () => {
    using threads = new SlabThreads(64 * KIB);
    const { heap } = threads.start();
    const pending = heap.allocateAsync(size);
    heap.detach();
    await expect(pending).rejects.toMatchObject({ code: 'DETACHED' });
    expect(threads.heap.stats()).toMatchObject({ liveBytes: 0, lockSeizures: 0 });
    threads.heap.recover();
    expectOneFreeRun(threads.heap);
  });

  test('is undone when its signal is aborted, and rejected with the reason', async () => {
    using threads = new SlabThreads(64 * KIB);
    const { heap } = threads;
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const pending = heap.allocateAsync(size, { signal: controller.signal });
    controller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(heap.stats().liveBytes).toBe(0);
    heap.recover();
    expectOneFreeRun(heap);
  });

  test('is undone among many, of which some had their block at once', async () => {
    const maker = new MemoryManager(64 * KIB, { slabs: true });
    const { handle } = maker;
    maker.detach();
    for (let round = 0; round < 50; round++) {
      const heap = MemoryManager.attach(handle);
      const pending = Array.from({ length: 4 }, async (_, index) => heap.allocateAsync(size + index));
      heap.detach();
      using again = MemoryManager.attach(handle);
      const settled = await Promise.allSettled(pending);
      const served = settled.flatMap((end) => (end.status === 'fulfilled' ? [end.value!] : []));
      expect(new Set(Array.from(again.blocks(), ({ address }) => address))).toEqual(new Set(served));
      for (const address of served) again.deallocate(address);
      expect(again.stats()).toMatchObject({ liveBytes: 0, lockSeizures: 0 });
      again.check();
    }
  });
});

test('a request that waits when its thread detaches and attaches again is not served to the new attachment', async () => {
  const threads = new FakeThreads();
  const liveness = threads.start();
  const heap = new MemoryManager(64 * KIB, { slabs: true, liveness });
  const holder = new FakeThread(heap, threads);
  holder.holdLock();
  const pending = heap.allocateAsync(9000);
  const rejected = expect(pending).rejects.toMatchObject({ code: 'DETACHED' });
  holder.releaseLock();
  heap.detach();
  using again = MemoryManager.attach(heap.handle, { liveness });
  await rejected;
  expect(again.stats().liveBytes).toBe(0);
  again.check();
});

const THREADS = 3;
const ROUNDS = Number(process.env['ROUNDS'] ?? 300);

test('threads that allocate without blocking, detach in the middle and attach again leave the heap whole', async () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}`);
  const heap = new MemoryManager(256 * KIB, { slabs: true, maxThreads: 8 });
  const marks = new Int32Array(new SharedArrayBuffer(heap.maxByteLength / 16 / 8));
  const places = new BigUint64Array(new SharedArrayBuffer(64 * 8));
  const entry = new URL('../support/leave-in-flight.ts', import.meta.url);
  const loader = new URL('../../workers/typescript-loader.mjs', import.meta.url).href;
  const ends = Array.from({ length: THREADS }, async (_, index) => {
    const workerData: LeaveInFlightInput = { handle: heap.handle, marks, places, seed: seed + index, rounds: ROUNDS };
    const worker = new Worker(entry, { workerData, execArgv: ['--import', loader] });
    return new Promise<void>((resolve, reject) => {
      worker.on('error', reject);
      worker.on('exit', () => resolve());
    });
  });
  await Promise.all(ends);
  heap.recover();
  heap.check();
  for (const address of places) if (address !== 0n) heap.deallocate(Number(address));
  expect(heap.stats()).toMatchObject({ liveBytes: 0, lockSeizures: 0 });
  heap.recover();
  expectOneFreeRun(heap);
  heap.detach();
});
