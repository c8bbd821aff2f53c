/** The other thread of the example. */
import { parentPort, workerData } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';

const { handle, address, byteLength } = workerData;
const heap = MemoryManager.attach(handle);

console.log('worker read:', new TextDecoder().decode(heap.read(address, byteLength)));
heap.deallocate(address); // the main thread's block

const answer = new TextEncoder().encode('Hello back from the worker!');
const block = heap.allocate(answer.byteLength);
heap.write(block, answer);
heap.detach(); // leaves the heap; its blocks stay allocated
parentPort.postMessage({ address: block, byteLength: answer.byteLength });
