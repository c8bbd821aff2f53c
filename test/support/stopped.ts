/**
 * A program of its own, that is stopped and continued from outside: threads that want the lock of one heap all the
 * time. Prints `working` when it begins, and in the end how often a thread was told LOCK_TIMEOUT.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { once } from 'node:events';
import { MemoryManager, type HeapHandle } from '../../src/index.ts';

const THREADS = 4;
const BLOCK_BYTES = 1000;
const STRIDE = 64;

interface Task {
  readonly handle: HeapHandle;
  /** 1: stop. */
  readonly signal: Int32Array;
}

/** Operations done, and times that LOCK_TIMEOUT was thrown. */
function work({ handle, signal }: Task): { operations: number; timeouts: number } {
  using heap = MemoryManager.attach(handle);
  let [operations, timeouts] = [0, 0];
  for (; Atomics.load(signal, 0) === 0; operations += STRIDE) {
    try {
      for (let i = 0; i < STRIDE; i++) heap.deallocate(heap.allocate(BLOCK_BYTES)!);
    } catch (error) {
      if ((error as { code?: string }).code !== 'LOCK_TIMEOUT') throw error;
      timeouts++;
    }
  }
  return { operations, timeouts };
}

if (isMainThread) {
  const [lockTimeoutMs, workMs] = process.argv.slice(2).map(Number);
  const heap = new MemoryManager(2 ** 20, { slabs: false, lockTimeoutMs });
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const workers = Array.from({ length: THREADS }, () => {
    const task: Task = { handle: heap.handle, signal };
    return new Worker(new URL(import.meta.url), { workerData: task });
  });
  const answers = workers.map(async (worker) => (await once(worker, 'message')) as [ReturnType<typeof work>]);
  await Promise.all(workers.map(async (worker) => once(worker, 'online')));
  process.stdout.write('working\n');
  // Counted in turns of the loop rather than by the clock, which goes on while the process is stopped.
  for (let turn = 0; turn < workMs / 10; turn++) await new Promise((resolve) => setTimeout(resolve, 10));
  Atomics.store(signal, 0, 1);
  const results = (await Promise.all(answers)).map(([answer]) => answer);
  heap.check();
  const sum = (of: 'operations' | 'timeouts') => results.reduce((total, result) => total + result[of], 0);
  process.stdout.write(`${JSON.stringify({ operations: sum('operations'), timeouts: sum('timeouts') })}\n`);
} else {
  parentPort!.postMessage(work(workerData as Task));
}
