/** This library: as it comes, and with every block from the free-list table, under its lock. */
import { MemoryManager, type HeapHandle } from '../../src/index.ts';
import { HEAP_BYTES, type Allocator, type Contender } from './contender.ts';

export const threadheap: Contender<number, HeapHandle> = contender('threadheap', true);
export const threadheapTable: Contender<number, HeapHandle> = contender('threadheap, table only', false);

/** The heap behind the calls of a benchmark. */
export function allocatorOf(heap: MemoryManager): Allocator<number> {
  return {
    allocate(size) {
      const address = heap.allocate(size);
      if (address === null) throw new Error('the heap is full');
      return address;
    },
    deallocate: (address) => heap.deallocate(address),
  };
}

function contender(name: string, slabs: boolean): Contender<number, HeapHandle> {
  return {
    name,
    share: () => new MemoryManager(HEAP_BYTES, { slabs }).handle,
    attach: (handle) => allocatorOf(MemoryManager.attach(handle)),
  };
}
