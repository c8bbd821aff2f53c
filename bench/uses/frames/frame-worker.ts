/** The worker of a pool that is passed frames: finds the bytes of each message, looks at them, and answers. */
import { parentPort, workerData } from 'node:worker_threads';
import { MemoryManager, type HeapHandle } from '../../../src/index.ts';
import { sumOf, type FrameAnswer, type FrameWorkerData } from './frame-ways.ts';

const { way, shared, byteLength } = workerData as FrameWorkerData;

/** Looks at the frame of a message and lets go of it. */
type Consumer = (message: unknown) => FrameAnswer;

function heapConsumer(): Consumer {
  const heap = MemoryManager.attach(shared as HeapHandle);
  return (message) => {
    const address = message as number;
    const sum = sumOf(heap.view(Uint8Array, address, byteLength));
    heap.deallocate(address);
    return { message: undefined, sum };
  };
}

function fixedConsumer(): Consumer {
  const memory = shared as Uint8Array;
  return (message) => {
    const start = (message as number) * byteLength;
    return { message, sum: sumOf(memory.subarray(start, start + byteLength)) };
  };
}

function arrayConsumer(): Consumer {
  return (message) => ({ message: undefined, sum: sumOf(message as Uint8Array) });
}

const CONSUMERS: Readonly<Record<string, () => Consumer>> = {
  threadheap: heapConsumer,
  'pool of fixed buffers': fixedConsumer,
};

const consume = (CONSUMERS[way] ?? arrayConsumer)();
parentPort!.on('message', (message: unknown) => parentPort!.postMessage(consume(message)));
