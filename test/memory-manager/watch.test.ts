import { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { Lock } from '../../src/layout/regions.ts';
import { ExitLiveness } from '../../src/sync/exit-liveness.ts';
import { errorOf } from '../support/misuse.ts';

const MIB = 2 ** 20;

/** A worker without the library, which starts fast: its part of the heap is written by hand. */
const IDLE = 'data:text/javascript,setInterval(() => undefined, 1000)';

const POOL_TASK = new URL('../support/pool-task.mjs', import.meta.url).href;

/** Knows nothing but what it is told, and remembers that. */
class Listening extends ExitLiveness {
  readonly ended: number[] = [];

  override noteExit(workerId: number): void {
    this.ended.push(workerId);
    super.noteExit(workerId);
  }
}

const idleWorker = () => new Worker(new URL(IDLE));

function heapThatListens(): { heap: MemoryManager; liveness: Listening } & Disposable {
  const liveness = new Listening();
  const heap = new MemoryManager(MIB, { liveness, lockTimeoutMs: 20 });
  return { heap, liveness, [Symbol.dispose]: () => (heap.check(), heap.detach()) };
}

/** A thread that the heap takes for the worker: it claims a slot in its name, and holds the lock. */
function holdLockAs(heap: MemoryManager, worker: Worker): void {
  const layout = new Layout(heap.buffer);
  const claims = new BigUint64Array(heap.buffer, layout.regions.threadSlots.start * 4);
  const identity = BigInt(5 * 2 ** 22 + worker.threadId);
  claims[8] = (1n << 44n) | identity; // slot 1, generation 1
  Atomics.store(layout.words, Lock.OWNER, (1 << 11) | (2 << 1));
}

describe('watch', () => {
  test('learns that a worker has ended: its lock is seized and its thread slot freed, after the exit event', async () => {
    using listening = heapThatListens();
    const { heap, liveness } = listening;
    const worker = idleWorker();
    heap.watch(worker);
    holdLockAs(heap, worker);
    const { threadId } = worker;
    expect(errorOf(() => heap.allocate(100_000)).code).toBe('LOCK_TIMEOUT');
    await worker.terminate();
    await exitHandled(() => liveness.ended.length === 1);
    expect(liveness.ended).toEqual([threadId]);
    expect(heap.allocate(100_000)).not.toBeNull();
    expect(heap.stats()).toMatchObject({ lockSeizures: 1, threads: 1 });
  });

  test('ends when it is disposed of', async () => {
    using listening = heapThatListens();
    const { heap, liveness } = listening;
    const [watched, unwatched] = [idleWorker(), idleWorker()];
    const before = watched.listenerCount('exit');
    heap.watch(unwatched)[Symbol.dispose]();
    heap.watch(watched);
    expect(watched.listenerCount('exit')).toBe(before + 1);
    expect(unwatched.listenerCount('exit')).toBe(before);
    const { threadId } = watched;
    await Promise.all([unwatched.terminate(), watched.terminate()]);
    await exitHandled(() => liveness.ended.length === 1);
    expect(liveness.ended).toEqual([threadId]);
    expect(watched.listenerCount('exit')).toBe(0 + before);
  });

  test('may outlast the heap', async () => {
    const liveness = new Listening();
    const heap = new MemoryManager(MIB, { liveness });
    const worker = idleWorker();
    heap.watch(worker);
    heap.detach();
    await worker.terminate();
    expect(liveness.ended).toEqual([]);
  });

  test('learns of the ends of all present and future workers of a pool, until it is disposed of', async () => {
    using listening = heapThatListens();
    const { heap, liveness } = listening;
    const pool = new Piscina({ filename: POOL_TASK, minThreads: 1, maxThreads: 3, idleTimeout: 60_000 });
    const watch = heap.watch(pool);
    const results = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => pool.run(index) as Promise<number>),
    );
    expect(results[29]).toBe(30);
    const ids = pool.threads.map(({ threadId }) => threadId);
    const [first] = pool.threads;
    await first.terminate();
    await exitHandled(() => liveness.ended.length === 1);
    expect(liveness.ended).toEqual([ids[0]]);
    watch[Symbol.dispose]();
    expect(pool.listenerCount('workerCreate')).toBe(0);
    await pool.destroy();
    expect(liveness.ended).toEqual([ids[0]]);
  });

  test('of a pool learns of workers that the pool starts later', async () => {
    using listening = heapThatListens();
    const { heap, liveness } = listening;
    const pool = new Piscina({ filename: POOL_TASK, minThreads: 1, maxThreads: 1, idleTimeout: 60_000 });
    using _ = heap.watch(pool);
    const before = pool.threads.map(({ threadId }) => threadId);
    await pool.threads[0].terminate();
    expect(await pool.run(1)).toBe(2);
    const late = await workerOf(pool, before);
    const { threadId } = late;
    await late.terminate();
    await exitHandled(() => liveness.ended.length >= 2);
    expect(liveness.ended.slice(0, 2)).toEqual([...before, threadId]);
    await pool.destroy();
  });

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['an object', {}],
    ['an array', []],
    ['a pool without events', { threads: [] }],
    ['a worker without events', { threadId: 1 }],
    ['a worker that cannot be left alone again', { threadId: 1, on: Boolean }],
    ['something whose thread id is none', { threadId: '1', on: Boolean, off: Boolean }],
  ])('refuses %s with BAD_OPTION', (...[, source]) => {
    using listening = heapThatListens();
    const error = errorOf(() => listening.heap.watch(source as unknown as Worker));
    expect(error.code).toBe('BAD_OPTION');
    expect(error.message).toMatch(/^watch needs a Worker or a pool of workers, got /u);
  });
});

/** Lets events be handled until `happened`: `terminate` is done before the `exit` event may be. */
async function exitHandled(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setImmediate(resolve));
}

/** A worker of the pool that is not among those. */
async function workerOf(pool: Piscina, known: readonly number[]): Promise<Worker> {
  for (;;) {
    const late = pool.threads.find(({ threadId }) => threadId > 0 && !known.includes(threadId));
    if (late !== undefined) return late;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
