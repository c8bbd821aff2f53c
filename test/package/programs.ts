/** A user's program, as main thread and worker, in the words that each kind of project has for workers. */

/** What every program prints or returns. */
export const EXPECTED = 'worker read 1,2,3 and answered 6; live bytes 0';

const WORK = `
const heap = MemoryManager.attach(handle);
const bytes = heap.read(address, 3);
heap.deallocate(address);
const answer = heap.allocate(8);
heap.view(Float64Array, answer, 1)[0] = bytes[0] + bytes[1] + bytes[2];
heap.detach();
`;

const BEGIN = `
const heap = new MemoryManager(1024 * 1024);
const address = heap.allocate(3);
heap.write(address, [1, 2, 3]);
`;

const END = `
const sum = heap.view(Float64Array, answer, 1)[0];
heap.deallocate(answer);
heap.check();
if (!heapTable(heap).includes('under management')) throw new Error('the table of the heap is another one');
const said = \`worker read \${bytes.join()} and answered \${sum}; live bytes \${heap.stats().liveBytes}\`;
heap.detach();
`;

export const NODE_WORKER = `
import { parentPort, workerData } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';
const { handle, address } = workerData;
${WORK}
parentPort.postMessage({ answer, bytes });
`;

/**
 * @param workerFile - as it is named from the main thread's module
 * @param hint - a comment for a bundler, before the name
 */
export const nodeMain = (workerFile: string, hint = ''): string => `
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';
import { heapTable } from 'threadheap/inspect';
${BEGIN}
const worker = new Worker(new URL(${hint}'${workerFile}', import.meta.url), { workerData: { handle: heap.handle, address } });
const [{ answer, bytes }] = await once(worker, 'message');
${END}
console.log(said);
`;

/** The same with \`require\`, in one thread. */
export const COMMONJS = `
const { MemoryManager } = require('threadheap');
const { heapTable } = require('threadheap/inspect');
${BEGIN}
const bytes = heap.read(address, 3);
heap.deallocate(address);
const answer = heap.allocate(8);
heap.view(Float64Array, answer, 1)[0] = 6;
${END}
console.log(said);
`;

export const WEB_WORKER = `
import { MemoryManager } from 'threadheap';
onmessage = ({ data: { handle, address } }) => {
  ${WORK}
  postMessage({ answer, bytes });
};
`;

export const WEB_MAIN = `
import { MemoryManager } from 'threadheap';
import { heapTable } from 'threadheap/inspect';
globalThis.result = (async () => {
  ${BEGIN}
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  worker.postMessage({ handle: heap.handle, address });
  const { answer, bytes } = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
  ${END}
  return said;
})();
`;

/** One thread, for where there is no browser: a module that leaves its result in a global variable. */
export const WEB_ALONE = `
import { MemoryManager } from 'threadheap';
import { heapTable } from 'threadheap/inspect';
${BEGIN}
const bytes = heap.read(address, 3);
heap.deallocate(address);
const answer = heap.allocate(8);
heap.view(Float64Array, answer, 1)[0] = 6;
${END}
globalThis.result = said;
`;
