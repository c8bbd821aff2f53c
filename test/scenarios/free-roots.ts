import type { MemoryManager } from '../../src/index.ts';
import { Root } from '../../src/layout/regions.ts';
import { byteOffsetOf, type WordIndex } from '../../src/layout/units.ts';
import { RootChunk } from '../../src/roots/root-chunk.ts';

/** Frees the chunks of a heap's named roots, which no thread has written down, and forgets them. */
export function freeRoots(heap: MemoryManager): void {
  const first = new BigInt64Array(heap.buffer, byteOffsetOf(Root.NAMED as WordIndex), 1);
  for (let address = Number(first[0]); address !== 0;) {
    const { next } = RootChunk.at(heap.buffer, address);
    heap.deallocate(address);
    address = next;
  }
  first[0] = 0n;
}
