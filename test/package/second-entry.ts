/** An entry beside the core that attaches to heaps, by the published name and by a way of its own. */
import { MemoryManager as Published, type HeapHandle } from '../../src/index.ts';
import { MemoryManager as Own } from '../../src/memory-manager/memory-manager.ts';

export const managersOf = (handle: HeapHandle): unknown[] => [Published.attach(handle), Own.attach(handle)];
