/**
 * A small heap in a state that misuse tests can point into.
 *
 *   [ first ][ second ][ free: was a block ][ last ][── free to the end ──]
 */
import { MemoryManager, type MemoryManagerOptions } from '../../src/index.ts';
import { fillWithPattern } from './pattern.ts';

export const BLOCK_BYTES = 64;
export const HEAP_BYTES = 4096;

/** What misuse tests run on: the same picture made of blocks of the table, and of slots in a slab of one unit. */
export const USED_HEAPS: readonly { readonly title: string; readonly slabs: boolean }[] = [
  { title: 'without slabs', slabs: false },
  { title: 'with slabs', slabs: true },
];

export interface UsedHeap extends Disposable {
  readonly heap: MemoryManager;
  readonly first: number;
  readonly second: number;
  readonly free: number;
  readonly last: number;
  /** The byte after the memory. */
  readonly end: number;
}

export function usedHeap(options: MemoryManagerOptions = {}): UsedHeap {
  const heap = new MemoryManager(HEAP_BYTES, { slabs: false, ...options });
  const [first, second, free, last] = Array.from({ length: 4 }, () => heap.allocate(BLOCK_BYTES)!) as [
    number,
    number,
    number,
    number,
  ];
  for (const address of [first, second, free, last]) fillWithPattern(heap, address, address);
  heap.deallocate(free);
  return { heap, first, second, free, last, end: first + HEAP_BYTES, [Symbol.dispose]: () => heap.detach() };
}
