/**
 * A list of entries in the heap: each is a block with the address of the one before, the length of its text, and the text.
 * The root leads to the last. Addresses are the same after a restart, so the list can be read on as it lies there.
 */
const HEADER_BYTES = 16;

export function sign(heap, text) {
  const bytes = new TextEncoder().encode(text);
  const address = heap.allocate(HEADER_BYTES + bytes.length);
  const header = heap.view(Float64Array, address, 2);
  header[0] = heap.root; // the entry before; 0 if this is the first
  header[1] = bytes.length;
  heap.write(address + HEADER_BYTES, bytes);
  heap.root = address;
}

/** The texts, last first. */
export function* entries(heap) {
  for (let address = heap.root; address !== 0;) {
    const [before, length] = heap.view(Float64Array, address, 2);
    yield new TextDecoder().decode(heap.read(address + HEADER_BYTES, length));
    address = before;
  }
}
