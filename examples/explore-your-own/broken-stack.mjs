/**
 * A lock-free stack of node numbers (Treiber 1986) with a famous bug. Word 0 holds the top node, word n the node below
 * node n; 0 is no node.
 */
export function push(words, node) {
  for (;;) {
    const top = Atomics.load(words, 0);
    Atomics.store(words, node, top);
    if (Atomics.compareExchange(words, 0, top, node) === top) return;
  }
}

/** Takes the top node; 0 if there is none. */
export function pop(words) {
  for (;;) {
    const top = Atomics.load(words, 0);
    if (top === 0) return 0;
    const below = Atomics.load(words, top);
    if (Atomics.compareExchange(words, 0, top, below) === top) return top;
  }
}
