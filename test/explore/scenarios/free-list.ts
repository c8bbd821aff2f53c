/** A lock-free stack of free nodes (Treiber 1986): word 0 is the head, word n the link of node n, 0 ends the list. */
export const NODES = 3;
const TAG = 1 << 8;

/** Pops a node; 0 for none. The node may have come back since the head was read: the ABA problem. */
export function pop(words: Int32Array): number {
  for (;;) {
    const head = Atomics.load(words, 0);
    if (head === 0) return 0;
    const next = Atomics.load(words, head);
    if (Atomics.compareExchange(words, 0, head, next) === head) return head;
  }
}

export function push(words: Int32Array, node: number): void {
  for (;;) {
    const head = Atomics.load(words, 0);
    Atomics.store(words, node, head);
    if (Atomics.compareExchange(words, 0, head, node) === head) return;
  }
}

/** The same with a tag in the head that every change raises. */
export function popTagged(words: Int32Array): number {
  for (;;) {
    const head = Atomics.load(words, 0);
    const node = head % TAG;
    if (node === 0) return 0;
    const next = Atomics.load(words, node);
    if (Atomics.compareExchange(words, 0, head, head - node + TAG + next) === head) return node;
  }
}

export function pushTagged(words: Int32Array, node: number): void {
  for (;;) {
    const head = Atomics.load(words, 0);
    Atomics.store(words, node, head % TAG);
    if (Atomics.compareExchange(words, 0, head, head - (head % TAG) + TAG + node) === head) return;
  }
}

/** Links all nodes: 1 → 2 → 3. */
export function fill(words: Int32Array): void {
  for (let node = 0; node < NODES; node++) words[node] = node + 1;
}

/** Words of the second thread: the two nodes that it popped, 0 where it gave one back. */
const [FIRST, SECOND] = [NODES + 1, NODES + 2];

interface FreeList {
  readonly pop: (words: Int32Array) => number;
  readonly push: (words: Int32Array, node: number) => void;
}

/** The first thread pops; the second pops two nodes, gives the first back, and keeps the other. */
export function popAgainstPopPopPush(index: number, words: Int32Array, list: FreeList): void {
  const first = list.pop(words);
  if (index === 0) return;
  Atomics.store(words, FIRST, first);
  Atomics.store(words, SECOND, list.pop(words));
  Atomics.store(words, FIRST, 0);
  list.push(words, first);
}

/** No node is in the list that the second thread holds. */
export function checkNodes(words: Int32Array): void {
  const held = new Set([words[FIRST], words[SECOND]]);
  let node = (words[0] ?? 0) % TAG;
  for (let length = 0; node !== 0; length++) {
    if (held.has(node) || length > NODES) throw new Error(`node ${node} is free and in use`);
    node = words[node] ?? 0;
  }
}
