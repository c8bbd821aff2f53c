/**
 * The stack without the bug: the upper half of word 0 counts the changes of the top, so a compare-exchange fails if the
 * top was another meanwhile, even if it is the same again.
 */
const COUNT = 0x1_0000;
const NODE = COUNT - 1;

export function push(words, node) {
  for (;;) {
    const top = Atomics.load(words, 0);
    Atomics.store(words, node, top & NODE);
    if (Atomics.compareExchange(words, 0, top, changed(top, node)) === top) return;
  }
}

/** Takes the top node; 0 if there is none. */
export function pop(words) {
  for (;;) {
    const top = Atomics.load(words, 0);
    const node = top & NODE;
    if (node === 0) return 0;
    const below = Atomics.load(words, node);
    if (Atomics.compareExchange(words, 0, top, changed(top, below)) === top) return node;
  }
}

const changed = (top, node) => ((top & ~NODE) + COUNT) | node | 0;
