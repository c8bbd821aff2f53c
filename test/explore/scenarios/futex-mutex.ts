/** A mutex of three states (Drepper, "Futexes are tricky", mutex 2): 0 free, 1 held, 2 held and someone may sleep. */
export function lock(words: Int32Array, at: number): void {
  let state = Atomics.compareExchange(words, at, 0, 1);
  while (state !== 0) {
    if (state === 2 || Atomics.compareExchange(words, at, 1, 2) !== 0) Atomics.wait(words, at, 2);
    state = Atomics.compareExchange(words, at, 0, 2);
  }
}

export function unlock(words: Int32Array, at: number): void {
  if (Atomics.sub(words, at, 1) !== 1) {
    Atomics.store(words, at, 0);
    Atomics.notify(words, at, 1);
  }
}

/** Reads and writes a counter in two operations: only right under a lock. */
export function increment(words: Int32Array, at: number): void {
  Atomics.store(words, at, Atomics.load(words, at) + 1);
}
