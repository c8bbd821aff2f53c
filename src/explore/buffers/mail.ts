/**
 * What threads leave for each other within one schedule, in shared memory: their results for `check`, and messages of
 * ports. Only the holder of the baton touches it.
 *
 *     count │ top │ one record per message: box, offset, length, taken │ bytes, in the order of arrival
 */
const MAX_MESSAGES = 10_000;
const MAX_BYTES = 1 << 24;
const HEADER = 2;
const RECORD = 4;
const Field = { BOX: 0, OFFSET: 1, LENGTH: 2, TAKEN: 3 } as const;
const BYTES_AT = 4 * (HEADER + RECORD * MAX_MESSAGES);

/** The constructors from before they are replaced. */
const [Bytes, Words, Shared] = [Uint8Array, Int32Array, SharedArrayBuffer];

/** The box of a thread's result; those of ports come after. */
export const FIRST_PORT_BOX = 16;

/** One worker's view of the boxes. */
export class Mail {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Words(memory, 0, HEADER + RECORD * MAX_MESSAGES);
    this.#bytes = new Bytes(memory, BYTES_AT, MAX_BYTES);
  }

  /** Memory for all boxes; pages that no message reaches cost nothing. */
  static memory(): SharedArrayBuffer {
    return new Shared(BYTES_AT + MAX_BYTES);
  }

  /** Empties all boxes. */
  clear(): void {
    this.#words[0] = 0;
    this.#words[1] = 0;
  }

  /** @throws RangeError where the messages of a schedule are too many or too long */
  put(box: number, bytes: Uint8Array): void {
    const [count = 0, top = 0] = this.#words;
    if (count >= MAX_MESSAGES || top + bytes.length > MAX_BYTES) {
      throw new RangeError(`more than ${MAX_MESSAGES} messages or ${MAX_BYTES / 2 ** 20} MiB of them in one schedule`);
    }
    this.#bytes.set(bytes, top);
    this.#words.set([box, top, bytes.length, 0], HEADER + RECORD * count);
    this.#words[0] = count + 1;
    this.#words[1] = top + bytes.length;
  }

  /** Takes the oldest message out of a box. */
  take(box: number): Uint8Array | undefined {
    const at = this.#oldest(box);
    if (at < 0) return undefined;
    this.#words[at + Field.TAKEN] = 1;
    const offset = this.#words[at + Field.OFFSET];
    return this.#bytes.slice(offset, offset + this.#words[at + Field.LENGTH]);
  }

  /** Whether a box is empty. */
  isEmpty(box: number): boolean {
    return this.#oldest(box) < 0;
  }

  #oldest(box: number): number {
    const end = HEADER + RECORD * this.#words[0];
    for (let at = HEADER; at < end; at += RECORD) {
      if (this.#words[at + Field.BOX] === box && this.#words[at + Field.TAKEN] === 0) return at;
    }
    return -1;
  }
}
