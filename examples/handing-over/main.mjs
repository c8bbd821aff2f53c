/**
 * Handing blocks over: one worker fills blocks, the other reads and frees them. Only addresses travel between the two;
 * the megabytes stay where they are.
 *
 * The rule: after the message is posted, the block belongs to the receiver. The giver must neither touch nor free it.
 * `postMessage` also makes sure that the receiver sees every byte that was written before; so do Atomics.
 */
import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';

const BLOCKS = 24;
const BLOCK_BYTES = 1024 * 1024;

// Room for eight blocks at a time: the filler has to wait for the freer, who works in another thread.
const heap = new MemoryManager(8 * BLOCK_BYTES);
const { port1, port2 } = new MessageChannel();

const filler = start('filler.mjs', port1);
const freer = start('freer.mjs', port2);
const [[sent], [received]] = await Promise.all([once(filler, 'message'), once(freer, 'message')]);
console.log(`${BLOCKS} blocks of ${BLOCK_BYTES} bytes were handed over`);
console.log(`checksums: ${sent} sent, ${received} received`);
console.log(`live bytes at the end: ${heap.stats().liveBytes}`);
heap.detach();

function start(file, port) {
  return new Worker(new URL(file, import.meta.url), {
    workerData: { handle: heap.handle, port, blocks: BLOCKS, blockBytes: BLOCK_BYTES },
    transferList: [port],
  });
}
