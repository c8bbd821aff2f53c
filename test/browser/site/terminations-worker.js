/**
 * Takes and frees blocks in an endless loop, without returning to the event loop, until it is told to stop or is
 * terminated. Writes down in shared memory what it holds: an address, negated while the block is given back.
 */
import { MemoryManager } from '../dist/src/index.js';
import { PLACES, STOP } from './terminations.js';

const SMALL = 200;
const LARGE = { least: 9000, more: 30_000 };

self.addEventListener('message', async ({ data: { handle, control, ledger, progress } }) => {
  const heap = MemoryManager.attach(handle);
  await heap.ready();
  self.postMessage('ready');
  const words = new Int32Array(heap.buffer);
  while (Atomics.load(control, STOP) === 0) {
    turn(heap, words, ledger);
    Atomics.add(progress, 0, 1);
  }
  heap.detach();
  self.postMessage('done');
});

/** Fills an empty place, or empties a full one, having looked whether the block is as it was left. */
function turn(heap, words, ledger) {
  const place = Math.floor(Math.random() * PLACES);
  const held = ledger[place];
  if (held === 0) {
    const size = Math.random() < 0.5 ? Math.random() * SMALL : LARGE.least + Math.random() * LARGE.more;
    const address = heap.allocate(Math.ceil(size));
    if (address === null) return;
    words[address / 4] = ~address;
    Atomics.store(ledger, place, address);
  } else {
    if (words[held / 4] !== ~held) throw new Error(`block ${held} has changed in its owner's hands`);
    Atomics.store(ledger, place, -held);
    heap.deallocate(held);
    Atomics.store(ledger, place, 0);
  }
}
