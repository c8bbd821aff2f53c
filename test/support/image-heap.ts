/**
 * A heap with a bit of everything, for tests of images: blocks of the table and slots, some freed, in memory that has
 * been reused, with a few that hold nothing but zeros, and a root.
 */
import { MemoryManager, type MemoryManagerOptions } from '../../src/index.ts';

/** Fast, since there is much of it. */
function fillWithNoise(heap: MemoryManager, address: number): void {
  const words = heap.view(Int32Array, address, heap.sizeOf(address) / 4);
  for (let index = 0; index < words.length; index++) words[index] = Math.imul(address + index, 0x9e37_79b1) >> 3;
}

/** @param liveBytes - about so many bytes stay live */
export function mixedHeap(liveBytes: number, options: MemoryManagerOptions = {}): MemoryManager {
  const heap = new MemoryManager(4 * liveBytes, options);
  const addresses: number[] = [];
  for (let taken = 0, count = 0; taken < 2 * liveBytes; count++) {
    const size = count % 40 === 0 ? liveBytes / 8 : 16 + ((count * 7919) % 1200);
    const address = heap.allocate(size, count % 160 === 0 ? { zeroed: true } : undefined)!;
    taken += heap.sizeOf(address);
    if (count % 160 !== 0) fillWithNoise(heap, address);
    addresses.push(address);
  }
  addresses.forEach((address, index) => index % 2 === 0 || heap.deallocate(address));
  heap.root = addresses[2];
  return heap;
}

/** What an image must not change: blocks, their bytes, and the root, as text. */
export function contentsOf(heap: MemoryManager): string {
  const blocks = Array.from(heap.blocks(), ({ address, size, kind }) => {
    const bytes = Buffer.from(heap.read(address, size)).toString('base64');
    return `${kind} at ${address}: ${bytes}`;
  });
  return [`root ${heap.root}`, ...blocks].join('\n');
}
