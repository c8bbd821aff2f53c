/** The receiving end of a queue: answers each round with the number of right messages that it had. */
import { parentPort, workerData } from 'node:worker_threads';
import { FixedRing, type SharedFixedRing } from './fixed-ring.ts';
import { HeapRing, type SharedHeapRing } from './heap-ring.ts';
import type { MessageRing, QueueWorkerData } from './queue-ways.ts';

const { way, shared } = workerData as QueueWorkerData;

const RINGS: Readonly<Record<string, () => MessageRing>> = {
  threadheap: () => new HeapRing(shared as SharedHeapRing),
  'ring of fixed slots': () => new FixedRing(shared as SharedFixedRing),
};

const isRight = (message: unknown): boolean => (message as { id: number }).id === 1;

function receiveFrom(ring: MessageRing, count: number): void {
  let right = 0;
  for (let received = 0; received < count; received++) if (isRight(JSON.parse(ring.receive()))) right++;
  parentPort!.postMessage(right);
}

let expected = 0;
let received = 0;
let right = 0;

function receiveMessage(message: unknown): void {
  if (typeof message === 'number') return void ([expected, received, right] = [message, 0, 0]);
  if (isRight(typeof message === 'string' ? JSON.parse(message) : message)) right++;
  if (++received === expected) parentPort!.postMessage(right);
}

const ring = RINGS[way]?.();
parentPort!.on('message', ring === undefined ? receiveMessage : (count: number) => receiveFrom(ring, count));
