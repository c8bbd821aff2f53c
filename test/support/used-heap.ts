/**
 * A small heap in a state that misuse tests can point into.
 *
 *   [ first ][ second ][ free: was a block ][ last ][── free to the end ──]
 */
import { MemoryManager, type MemoryManagerOptions } from '../../src/index.ts';
import { fillWithPattern } from './pattern.ts';

export const BLOCK_BYTES = 64;
export const HEAP_BYTES = 4096;

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
