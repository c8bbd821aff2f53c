/**
 * What each thread is about to do to the heap, in shared memory outside the heap: with the block records it tells, at
 * whatever instant a thread is terminated, which blocks are live.
 *
 *                    heap                              records (block-records)        intent of the thread
 *   allocate         –                                 –                              ALLOCATE, identity, size
 *                    the call                          –                              〃
 *                    – (the block is filled)           –                              MADE, identity, size, block
 *                    –                                 added                          〃
 *                    –                                 –                              NONE
 *   free             –                                 –                              FREE, identity, size, block
 *                    –                                 removed                        〃
 *                    the call                          –                              〃
 *                    –                                 –                              NONE
 *   reallocate       –                                 –                              REALLOCATE, identity, old size, block
 *                    –                                 removed                        〃
 *                    the call                          –                              〃
 *                    – (the block is filled)           –                              MADE, identity, size, block now
 *                    –                                 added                          〃
 *                    –                                 –                              NONE
 *
 * Soundness. A recorded block is live, and nobody is calling the heap about it: records are added after the call that
 * made the block has returned and removed before the call that may end it. So of the blocks that are live when all
 * threads have stopped, those without a record belong to calls in flight: to
 *   ALLOCATE    at most one, the result, of which nobody knows the address
 *   MADE        one, the block that the intent names
 *   FREE        at most one, the block that the intent names
 *   REALLOCATE  at most two: the block that the intent names, and the place it was being moved to
 * A named block is found again, and verified unless it was still being filled; at most one block per death is not: the
 * one in flight.
 *
 * Who may touch a block: a record says that it lives, not who has it. Blocks are passed on through slots. A block is put
 * into a slot after it was recorded and taken out before it is removed; between, it is in the hands of one thread, and
 * when that dies there, the block is in no slot, keeps its record, and is found at the end of the round.
 */
const LINE = 16;
const Word = { OPERATION: 0, IDENTITY: 1, SIZE: 2, BLOCK: 3, LAST_IDENTITY: 4 } as const;

export const Intent = { NONE: 0, ALLOCATE: 1, FREE: 2, REALLOCATE: 3, MADE: 4 } as const;

/** A call that a thread may have been in when it died. */
export interface OpenIntent {
  readonly operation: number;
  readonly identity: number;
  readonly size: number;
  /** The block that the call was about, or has made; 0 when it is not known. */
  readonly block: number;
}

export class Ledger {
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  static reserve(streamCount: number): SharedArrayBuffer {
    return new SharedArrayBuffer(streamCount * LINE * 4);
  }

  /** Before a call to the heap. The details come first: the operation is what makes them an intent. */
  intend(stream: number, operation: number, identity: number, size: number, block: number): void {
    const line = stream * LINE;
    if (operation === Intent.ALLOCATE) this.#words[line + Word.LAST_IDENTITY] = identity;
    this.#words[line + Word.IDENTITY] = identity;
    this.#words[line + Word.SIZE] = size;
    this.#words[line + Word.BLOCK] = block;
    Atomics.store(this.#words, line + Word.OPERATION, operation);
  }

  /** After a call has returned a block: from here on the intent names it. Until the last store it is the one before. */
  made(stream: number, size: number, block: number): void {
    const line = stream * LINE;
    this.#words[line + Word.SIZE] = size;
    this.#words[line + Word.BLOCK] = block;
    Atomics.store(this.#words, line + Word.OPERATION, Intent.MADE);
  }

  /** After the records say how the call ended. */
  settle(stream: number): void {
    Atomics.store(this.#words, stream * LINE + Word.OPERATION, Intent.NONE);
  }

  /** The identity that was last given to a block in a stream's place, for a successor to go on from; 0 = none. */
  lastIdentityOf(stream: number): number {
    return this.#words[stream * LINE + Word.LAST_IDENTITY];
  }

  /** What a thread that has died was in the middle of; undefined if it was in no call. Forgets it. */
  closeIntent(stream: number): OpenIntent | undefined {
    const line = stream * LINE;
    const operation = Atomics.exchange(this.#words, line + Word.OPERATION, Intent.NONE);
    if (operation === Intent.NONE) return undefined;
    const identity = this.#words[line + Word.IDENTITY];
    return { operation, identity, size: this.#words[line + Word.SIZE], block: this.#words[line + Word.BLOCK] };
  }
}
