/** This library: as it comes, and with every block from the free-list table, under its lock. */
import { MemoryManager, type HeapHandle } from '../../src/index.ts';
import { HEAP_BYTES, type Contender } from './contender.ts';

export const threadheap: Contender<number, HeapHandle> = contender('threadheap', true);
export const threadheapTable: Contender<number, HeapHandle> = contender('threadheap, table only', false);

function contender(name: string, slabs: boolean): Contender<number, HeapHandle> {
  return {
    name,
    share: () => new MemoryManager(HEAP_BYTES, { slabs }).handle,
    attach(handle) {
      const heap = MemoryManager.attach(handle);
      return {
        allocate(size) {
          const address = heap.allocate(size);
          if (address === null) throw new Error('the heap is full');
          return address;
        },
        deallocate: (address) => heap.deallocate(address),
      };
    },
  };
}
