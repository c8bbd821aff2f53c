/**
 * A program of its own: waits by `allocateAsync` for a lock that is released later. Nothing else keeps it alive.
 */
import { MemoryManager } from '../../src/index.ts';
import { FakeThread, FakeThreads } from './fake-threads.ts';

const threads = new FakeThreads();
const heap = new MemoryManager(4096, { slabs: false, liveness: threads.start() });
const holder = new FakeThread(heap, threads);
holder.holdLock();
setTimeout(() => holder.releaseLock(), 50).unref();
const address = await heap.allocateAsync(16);
process.stdout.write(address === null ? 'full\n' : 'allocated\n');
