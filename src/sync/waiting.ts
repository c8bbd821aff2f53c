/**
 * How a thread waits for a word and wakes others. Behind a seam, since memory that processes share needs another way
 * than threads of one process; the default is `Atomics` itself.
 */

/** What ended a wait. */
export type WaitOutcome = 'ok' | 'not-equal' | 'timed-out';

/** Waits for words of shared memory, as `Atomics` does. */
export interface Waiting {
  /** Sleeps while the word is `value` and nobody notifies, for `timeoutMs` at most. */
  wait(words: Int32Array<SharedArrayBuffer>, index: number, value: number, timeoutMs: number): WaitOutcome;
  /** The same without blocking. */
  waitAsync(
    words: Int32Array<SharedArrayBuffer>,
    index: number,
    value: number,
    timeoutMs: number,
  ): WaitOutcome | Promise<WaitOutcome>;
  /** Wakes up to `count` of those that sleep on the word, those first that have slept longest. */
  notify(words: Int32Array<SharedArrayBuffer>, index: number, count: number): void;
}

const canPause = 'pause' in Atomics;
let blockable: boolean | undefined;

/** Whether `Atomics.wait` is allowed in this thread: not on a browser's main thread. */
export function mayBlock(): boolean {
  return (blockable ??= probeBlocking());
}

function probeBlocking(): boolean {
  const probe = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  try {
    Atomics.wait(probe, 0, 1, 0); // the value differs, so this returns at once wherever it is allowed
    return true;
  } catch {
    return false;
  }
}

/** Tells the processor that this is a spin loop, where the engine can. */
export function spinPause(): void {
  if (canPause) (Atomics as typeof Atomics & { pause(): void }).pause();
}

/** Threads of one process: `Atomics`, and spinning where a thread may not block. */
export const atomicsWaiting: Waiting = {
  wait(words, index, value, timeoutMs) {
    return mayBlock() ? Atomics.wait(words, index, value, timeoutMs) : spin(words, index, value, timeoutMs);
  },

  waitAsync(words, index, value, timeoutMs) {
    if ('waitAsync' in Atomics) return Atomics.waitAsync(words, index, value, timeoutMs).value;
    return new Promise((resolve) => setTimeout(() => resolve(outcomeOf(words, index, value)), timeoutMs));
  },

  notify(words, index, count) {
    Atomics.notify(words, index, count);
  },
};

function spin(words: Int32Array<SharedArrayBuffer>, index: number, value: number, timeoutMs: number): WaitOutcome {
  const end = performance.now() + timeoutMs;
  while (Atomics.load(words, index) === value) {
    if (performance.now() >= end) return 'timed-out';
    spinPause();
  }
  return 'not-equal';
}

function outcomeOf(words: Int32Array<SharedArrayBuffer>, index: number, value: number): WaitOutcome {
  return Atomics.load(words, index) === value ? 'timed-out' : 'not-equal';
}
