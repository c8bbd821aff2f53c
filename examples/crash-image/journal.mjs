/** What a worker is at, in a block of the heap: it costs a few stores, and stays when the worker is gone. */
const BYTES = 128;

export function openJournal(heap) {
  heap.root = heap.allocate(BYTES, { zeroed: true });
}

export function note(heap, text) {
  heap.write(heap.root, new TextEncoder().encode(text.padEnd(BYTES)));
}

export function lastNote(heap) {
  return new TextDecoder().decode(heap.read(heap.root, BYTES)).trim();
}
