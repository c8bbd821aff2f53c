/** This library with every block from the free-list table, under its lock. */
import { MemoryManager, type HeapHandle } from '../../src/index.ts';
import { HEAP_BYTES, type Contender } from './contender.ts';

export const threadheapTable: Contender<number, HeapHandle> = {
  name: 'threadheap (table only)',
  share: () => new MemoryManager(HEAP_BYTES, { slabs: false }).handle,
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
