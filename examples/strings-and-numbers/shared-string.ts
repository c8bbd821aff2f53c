/**
 * A string as a block: its length in bytes as a Uint32, from the eighth byte on UTF-8. Encoding and decoding go through private memory,
 * since browsers refuse to encode into shared memory or decode from it.
 */
import type { MemoryManager } from 'threadheap';

/** Text that begins at a multiple of eight bytes is copied quickest. */
const PREFIX_BYTES = 8;

/** Returns the address of a new block that holds `text`. */
export function storeString(heap: MemoryManager, text: string): number {
  const bytes = new TextEncoder().encode(text);
  const address = heap.allocate(PREFIX_BYTES + bytes.byteLength);
  if (address === null) throw new Error(`no room for ${bytes.byteLength} bytes of text`);
  heap.view(Uint32Array, address, 1)[0] = bytes.byteLength;
  heap.write(address + PREFIX_BYTES, bytes);
  return address;
}

export function readString(heap: MemoryManager, address: number): string {
  const byteLength = heap.view(Uint32Array, address, 1)[0];
  return new TextDecoder().decode(heap.read(address + PREFIX_BYTES, byteLength));
}
