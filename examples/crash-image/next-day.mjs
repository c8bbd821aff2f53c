/** Another process, on another day, perhaps on another machine: `node next-day.mjs FILE`. */
import { MemoryManager } from 'threadheap';
import { lastNote } from './journal.mjs';

const heap = MemoryManager.load(process.argv[2]); // repaired, as if the lock had been taken from a dead thread
heap.check();

const note = lastNote(heap);
console.log(`the journal says: ${note.replace(/\d+$/u, '…')}`);

const address = Number(/\d+$/u.exec(note)[0]);
const text = new TextDecoder().decode(heap.read(address, heap.sizeOf(address)));
console.log(`what lies there:  ${text.slice(0, text.indexOf('\0'))}`);
console.log(`live blocks:      ${[...heap.blocks()].length}, of which the journal is one`);
