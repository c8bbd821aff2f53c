/** Busy threads that want one lock: how long they wait, and how fairly it is shared. */
import { once } from 'node:events';
import { createHistogram } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { MemoryManager } from '../../src/index.ts';
import type { BusyAnswer, BusyStart } from './busy-thread.ts';

const HEAP_BYTES = 4096;
const PERCENTILE = 99.99;

/** What came of one run. */
export interface Contention {
  readonly threads: number;
  /** Of each thread. */
  readonly operations: readonly number[];
  readonly waits: number;
  /** Milliseconds. */
  readonly waitAtPercentile: number;
  readonly longestWait: number;
  /** Operations of the slowest thread over those of the fastest. */
  readonly share: number;
}

export async function contend(threads: number, milliseconds: number): Promise<Contention> {
  using heap = new MemoryManager(HEAP_BYTES, { slabs: false, maxThreads: threads + 1 });
  const barrier = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: BusyStart = { handle: heap.handle, threads, milliseconds, barrier };
  const answers = await Promise.all(Array.from({ length: threads }, () => answerOf(workerData)));
  const waits = createHistogram();
  for (const answer of answers) if (answer.waits.count > 0) waits.add(answer.waits);
  const operations = answers.map((answer) => answer.operations);
  return {
    threads,
    operations,
    waits: waits.count,
    waitAtPercentile: waits.count > 0 ? waits.percentile(PERCENTILE) / 1e6 : 0,
    longestWait: waits.count > 0 ? waits.max / 1e6 : 0,
    share: Math.min(...operations) / Math.max(...operations),
  };
}

async function answerOf(workerData: BusyStart): Promise<BusyAnswer> {
  const [answer] = (await once(new Worker(new URL('busy-thread.js', import.meta.url), { workerData }), 'message')) as [
    BusyAnswer,
  ];
  return answer;
}
