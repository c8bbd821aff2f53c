/** Goes on where it left off: `node program.mjs FILE NAME`. */
import { existsSync } from 'node:fs';
import { MemoryManager } from 'threadheap';
import { entries, sign } from './guest-book.mjs';

const [file, name] = process.argv.slice(2);

// What was saved, or a new heap the first time.
const heap = existsSync(file) ? MemoryManager.load(file) : new MemoryManager(1024 * 1024);

sign(heap, name);
console.log(`${name} finds ${[...entries(heap)].join(', ')}`);

// Now and then, or at the end. The file is replaced as a whole: if the process dies in here, the old one is still there.
const { blocks, byteLength } = heap.save(file);
console.log(`${blocks} blocks saved in ${byteLength < 1024 ? 'less' : 'more'} than 1 KiB`);
heap.detach();
