/** A worker that takes blocks and ends without leaving the heap, so that it is found dead. */
import { workerData } from 'node:worker_threads';
import { MemoryManager, type HeapHandle } from '../../src/index.ts';
import { requestsOf } from '../workloads.ts';

/** What the victim is started with. */
export interface Victim {
  readonly handle: HeapHandle;
  readonly blocks: number;
}

const { handle, blocks } = workerData as Victim;
const heap = MemoryManager.attach(handle);
const { sizes, stream } = requestsOf(0);
for (let i = 0; i < blocks; i++) heap.allocate(sizes[i % stream]);
