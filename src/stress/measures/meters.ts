/**
 * What workers count while they work, in shared memory of its own, so that it outlives them. Counts go on over rounds
 * and over the workers of a stream.
 *
 *   ├─ tables rebuilt · slabs adopted ─┼─ stream 0 ─┼─ stream 1 ─┼ …    one cache line each
 */
const LINE = 16;

const Word = { TABLES_REBUILT: 0, SLABS_ADOPTED: 1, END: LINE } as const;
const StreamWord = { REMOTE_FREES: 0, LOCK_WAITS: 1, LONGEST_WAIT_MICROSECONDS: 2, HOLDS_LOCK: 3 } as const;

export class Meters {
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  static reserve(streamCount: number): SharedArrayBuffer {
    return new SharedArrayBuffer((Word.END + streamCount * LINE) * 4);
  }

  get tablesRebuilt(): number {
    return Atomics.load(this.#words, Word.TABLES_REBUILT);
  }

  addTableRebuilt(): void {
    Atomics.add(this.#words, Word.TABLES_REBUILT, 1);
  }

  get slabsAdopted(): number {
    return Atomics.load(this.#words, Word.SLABS_ADOPTED);
  }

  addSlabsAdopted(count: number): void {
    Atomics.add(this.#words, Word.SLABS_ADOPTED, count);
  }

  remoteFreesOf(stream: number): number {
    return this.#load(stream, StreamWord.REMOTE_FREES);
  }

  addRemoteFree(stream: number): void {
    Atomics.add(this.#words, wordOf(stream, StreamWord.REMOTE_FREES), 1);
  }

  lockWaitsOf(stream: number): number {
    return this.#load(stream, StreamWord.LOCK_WAITS);
  }

  longestWaitMsOf(stream: number): number {
    return this.#load(stream, StreamWord.LONGEST_WAIT_MICROSECONDS) / 1000;
  }

  addLockWait(stream: number, milliseconds: number): void {
    const longest = wordOf(stream, StreamWord.LONGEST_WAIT_MICROSECONDS);
    const microseconds = Math.ceil(milliseconds * 1000);
    Atomics.add(this.#words, wordOf(stream, StreamWord.LOCK_WAITS), 1);
    if (microseconds > Atomics.load(this.#words, longest)) Atomics.store(this.#words, longest, microseconds);
  }

  /** Whether the stream's thread is inside the heap's lock. Who dies there leaves it so until a successor comes. */
  holdsLock(stream: number): boolean {
    return this.#load(stream, StreamWord.HOLDS_LOCK) === 1;
  }

  setHoldsLock(stream: number, holds: boolean): void {
    Atomics.store(this.#words, wordOf(stream, StreamWord.HOLDS_LOCK), Number(holds));
  }

  #load(stream: number, word: number): number {
    return Atomics.load(this.#words, wordOf(stream, word));
  }
}

function wordOf(stream: number, word: number): number {
  return Word.END + stream * LINE + word;
}
