/**
 * A queue of JSON messages from the main thread to a worker, which parses each. The worker answers when it has had all of
 * a round; a full queue makes the sender wait.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { OpenedWay, Ways } from '../use.ts';
import { FixedRing, shareFixedRing } from './fixed-ring.ts';
import { HeapRing, shareHeapRing } from './heap-ring.ts';

/** The end at which messages enter or leave, for ways that do not use the event loop. */
export interface MessageRing {
  send(text: string): void;
  receive(): string;
}

/** What the worker at the other end is started with. */
export interface QueueWorkerData {
  readonly way: string;
  readonly shared: unknown;
}

interface Sender {
  readonly shared: unknown;
  send(worker: Worker, message: object): void;
}

const SENDERS: Readonly<Record<string, () => Sender>> = {
  threadheap: () => {
    const shared = shareHeapRing();
    const ring = new HeapRing(shared);
    return { shared, send: (_worker, message) => ring.send(JSON.stringify(message)) };
  },
  'ring of fixed slots': () => {
    const shared = shareFixedRing();
    const ring = new FixedRing(shared);
    return { shared, send: (_worker, message) => ring.send(JSON.stringify(message)) };
  },
  'postMessage of objects': () => ({ shared: undefined, send: (worker, message) => worker.postMessage(message) }),
  'postMessage of text': () => ({
    shared: undefined,
    send: (worker, message) => worker.postMessage(JSON.stringify(message)),
  }),
};

class Queue implements OpenedWay {
  readonly #sender: Sender;
  readonly #worker: Worker;
  readonly #message: { readonly id: number; readonly body: string };

  constructor(way: string, byteLength: number) {
    this.#sender = SENDERS[way]();
    const workerData: QueueWorkerData = { way, shared: this.#sender.shared };
    this.#worker = new Worker(new URL('queue-worker.js', import.meta.url), { workerData });
    this.#message = { id: 1, body: 'x'.repeat(byteLength) };
  }

  async run(count: number): Promise<void> {
    const answer = once(this.#worker, 'message');
    this.#worker.postMessage(count);
    for (let sent = 0; sent < count; sent++) this.#sender.send(this.#worker, this.#message);
    const [received] = (await answer) as [number];
    if (received !== count) throw new Error(`${received} messages of ${count} were right`);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

export const QUEUES: Ways = Object.fromEntries(
  Object.keys(SENDERS).map((way) => [way, (variant) => Promise.resolve(new Queue(way, variant))]),
);
