/**
 * A program of its own: a heap shared with a worker, while what the platform tells of threads is out of reach. The
 * first word says from when on it is: `always` (whoever starts the program sees to it), `descriptors` (the program
 * opens files until it may not open more) or `mount` (it hides `/proc`, in a mount namespace of its own).
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { MemoryManager, type HeapHandle } from '../../src/index.ts';

const OPTIONS = { maxThreads: 4, lockTimeoutMs: 100 } as const;

/** What the program prints, as JSON. */
export interface AliveReport {
  /** Why opening files ended, if they were opened. */
  readonly obstacle?: string;
  /** What a look for the dead found while the worker lived. */
  readonly deadBefore: number;
  readonly threadsBefore: number;
  /** Threads attached after the worker ended and its watcher was told. */
  readonly threadsAfter: number;
}

function openAll(): { files: number[]; obstacle: string } {
  const files: number[] = [];
  for (;;) {
    try {
      files.push(openSync(new URL(import.meta.url), 'r'));
    } catch (error) {
      return { files, obstacle: (error as NodeJS.ErrnoException).code ?? String(error) };
    }
  }
}

async function main(): Promise<AliveReport> {
  const heap = new MemoryManager(2 ** 20, OPTIONS);
  const worker = new Worker(new URL(import.meta.url), { workerData: heap.handle });
  await once(worker, 'message');
  const held = process.argv[2] === 'descriptors' ? openAll() : undefined;
  if (process.argv[2] === 'mount') execFileSync('mount', ['-t', 'tmpfs', 'none', '/proc']);
  const other = new MemoryManager(4096, { slabs: false });
  other.deallocate(other.allocate(16)!);
  heap.deallocate(heap.allocate(100_000)!);
  const { deadThreads } = heap.recover();
  const threadsBefore = heap.stats().threads;
  held?.files.forEach((file) => closeSync(file));
  heap.watch(worker);
  const told = once(worker, 'exit');
  await worker.terminate();
  await told;
  heap.check();
  const found = { deadBefore: deadThreads, threadsBefore, threadsAfter: heap.stats().threads };
  return held === undefined ? found : { obstacle: held.obstacle, ...found };
}

if (isMainThread) {
  process.stdout.write(JSON.stringify(await main()));
} else {
  const { parentPort } = await import('node:worker_threads');
  MemoryManager.attach(workerData as HeapHandle);
  parentPort!.postMessage('attached');
  setInterval(() => undefined, 1000);
}
