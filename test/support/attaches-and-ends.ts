/** A program of its own: attaches to a heap, and has nothing more to do. */
import { MemoryManager } from '../../src/index.ts';

const heap = new MemoryManager(4096);
heap.allocate(64);
process.stdout.write('attached\n');
