/**
 * A pool of workers that is passed frames. The producer owns each frame and goes on using it; a worker looks at one word
 * of each cache line and answers. Eight frames are under way at a time.
 *
 *   producer   frame ─ put ─▶ message ─ postMessage ─▶ worker: take(message), look, done(message) ─▶ answer
 */
import { Worker } from 'node:worker_threads';
import { MemoryManager } from '../../../src/index.ts';
import type { OpenedWay, Ways } from '../use.ts';

/** What a worker is started with: the way by name, and what it needs to find the bytes of a message. */
export interface FrameWorkerData {
  readonly way: string;
  readonly shared: unknown;
  readonly byteLength: number;
}

/** A worker's answer: the message that it is done with, and what it saw. */
export interface FrameAnswer {
  readonly message: unknown;
  readonly sum: number;
}

interface Producer {
  readonly shared: unknown;
  /** Turns a frame into a message, with what is to be transferred. */
  put(frame: Uint8Array): { message: unknown; transfer?: ArrayBuffer[] };
  /** The worker is done with a message. */
  done?(message: unknown): void;
}

const WORKERS = 2;
const UNDER_WAY = 8;

const PRODUCERS: Readonly<Record<string, (byteLength: number) => Producer>> = {
  threadheap: (byteLength) => {
    const heap = new MemoryManager(4 * UNDER_WAY * Math.max(byteLength, 64 * 1024));
    return {
      shared: heap.handle,
      put: (frame) => {
        const address = heap.allocate(frame.length)!;
        heap.write(address, frame);
        return { message: address };
      },
    };
  },
  'structured clone': () => ({ shared: undefined, put: (frame) => ({ message: frame }) }),
  'copy and transfer': () => ({
    shared: undefined,
    put: (frame) => {
      const message = frame.slice();
      return { message, transfer: [message.buffer] };
    },
  }),
  'one SharedArrayBuffer each': () => ({
    shared: undefined,
    put: (frame) => {
      const message = new Uint8Array(new SharedArrayBuffer(frame.length));
      message.set(frame);
      return { message };
    },
  }),
  'pool of fixed buffers': (byteLength) => {
    const memory = new Uint8Array(new SharedArrayBuffer(UNDER_WAY * byteLength));
    const free = Array.from({ length: UNDER_WAY }, (_, index) => index);
    return {
      shared: memory,
      put: (frame) => {
        const index = free.pop()!;
        memory.set(frame, index * byteLength);
        return { message: index };
      },
      done: (message) => free.push(message as number),
    };
  },
};

/** Opens a pool that is passed frames in one way. */
class FramePool implements OpenedWay {
  readonly #workers: Worker[];
  readonly #producer: Producer;
  readonly #frame: Uint8Array<ArrayBuffer>;
  #sent = 0;

  constructor(way: string, byteLength: number) {
    this.#producer = PRODUCERS[way](byteLength);
    this.#frame = Uint8Array.from({ length: byteLength }, (_, index) => index & 0xff);
    const workerData: FrameWorkerData = { way, shared: this.#producer.shared, byteLength };
    const entry = new URL('frame-worker.js', import.meta.url);
    this.#workers = Array.from({ length: WORKERS }, () => new Worker(entry, { workerData }));
  }

  run(count: number): Promise<void> {
    const expected = sumOf(this.#frame);
    return new Promise((resolve, reject) => {
      let sent = 0;
      let answered = 0;
      const send = (): void => {
        sent++;
        const { message, transfer } = this.#producer.put(this.#frame);
        this.#workers[this.#sent++ % WORKERS].postMessage(message, transfer ?? []);
      };
      const onAnswer = ({ message, sum }: FrameAnswer): void => {
        if (sum !== expected) reject(new Error(`a worker saw ${sum}, not ${expected}`));
        this.#producer.done?.(message);
        if (++answered < count) return sent < count ? send() : undefined;
        for (const worker of this.#workers) worker.off('message', onAnswer);
        resolve();
      };
      for (const worker of this.#workers) worker.on('message', onAnswer);
      while (sent < Math.min(count, UNDER_WAY)) send();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

const CACHE_LINE_BYTES = 64;

/** Of one byte of each cache line. */
export function sumOf(frame: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < frame.length; index += CACHE_LINE_BYTES) sum += frame[index];
  return sum;
}

export const FRAMES: Ways = Object.fromEntries(
  Object.keys(PRODUCERS).map((way) => [way, (variant) => Promise.resolve(new FramePool(way, variant))]),
);
