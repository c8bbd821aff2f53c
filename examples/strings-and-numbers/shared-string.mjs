/**
 * A string as a block: its length in bytes as a Uint32, then UTF-8 from the eighth byte on, since engines copy faster
 * from multiples of eight. Encoding and decoding go through private memory, because browsers refuse to encode into
 * shared memory or decode from it.
 */

const PREFIX_BYTES = 8;

/** Returns the address of a new block that holds `text`. */
export function storeString(heap, text) {
  const bytes = new TextEncoder().encode(text);
  const address = heap.allocate(PREFIX_BYTES + bytes.byteLength);
  if (address === null) throw new Error(`no room for ${bytes.byteLength} bytes of text`);
  heap.view(Uint32Array, address, 1)[0] = bytes.byteLength;
  heap.write(address + PREFIX_BYTES, bytes);
  return address;
}

export function readString(heap, address) {
  const byteLength = heap.view(Uint32Array, address, 1)[0];
  return new TextDecoder().decode(heap.read(address + PREFIX_BYTES, byteLength));
}
