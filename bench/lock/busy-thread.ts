/** A thread that takes the lock as often as it can, works a little inside and outside, and times its waits. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import type { HeapHandle } from '../../src/index.ts';
import { ownLock } from './own-lock.ts';

/** What a busy thread is started with. */
export interface BusyStart {
  readonly handle: HeapHandle;
  readonly threads: number;
  readonly milliseconds: number;
  /** `[arrivals]`: all begin when all have arrived. */
  readonly barrier: Int32Array;
}

/** What it tells in the end. */
export interface BusyAnswer {
  readonly operations: number;
  /** Nanoseconds of the waits: not of the times when the lock was free. */
  readonly waits: RecordableHistogram;
}

/** Rounds of a loop that take about half a microsecond. */
const WORK = 300;
/** Operations between two looks at the clock. */
const STRIDE = 64;

const { handle, threads, milliseconds, barrier } = workerData as BusyStart;
const lock = ownLock(handle);
const waits = createHistogram();
let sum = 0;

function work(): void {
  for (let i = 0; i < WORK; i++) sum = (sum + i) | 0;
}

function waitForLock(): void {
  const start = process.hrtime.bigint();
  lock.acquire();
  waits.record(process.hrtime.bigint() - start);
}

function operate(): void {
  if (!lock.tryAcquire()) waitForLock();
  work();
  lock.release();
  work();
}

function run(): number {
  Atomics.add(barrier, 0, 1);
  Atomics.notify(barrier, 0);
  for (let seen = Atomics.load(barrier, 0); seen < threads; seen = Atomics.load(barrier, 0))
    Atomics.wait(barrier, 0, seen);
  const end = performance.now() + milliseconds;
  let operations = 0;
  for (; performance.now() < end; operations += STRIDE) for (let i = 0; i < STRIDE; i++) operate();
  return operations;
}

const answer: BusyAnswer = { operations: run(), waits };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort!.postMessage(answer);
