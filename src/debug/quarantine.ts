/**
 * Freed blocks that a thread keeps for a while, filled with a pattern. If the pattern has changed when a block leaves,
 * somebody has written to it after it was freed.
 */
import { AllocatorError } from '../allocator-error.ts';
import type { BlockBytes } from '../heap/block-bytes.ts';

const PATTERN = 0xdb;
/** Bytes that are looked at in one piece. */
const PIECE_BYTES = 65_536;

interface Kept {
  readonly address: number;
  readonly byteLength: number;
}

/** The quarantine of one thread. */
export class Quarantine {
  readonly #bytes: BlockBytes;
  readonly #limit: number;
  readonly #release: (address: number) => void;
  /** Oldest first, from `#first` on. */
  #kept: Kept[] = [];
  #first = 0;

  /** @param release - what is done to a block when it is freed for good */
  constructor(bytes: BlockBytes, limit: number, release: (address: number) => void) {
    this.#bytes = bytes;
    this.#limit = limit;
    this.#release = release;
  }

  get #count(): number {
    return this.#kept.length - this.#first;
  }

  /**
   * Makes room for one more block.
   *
   * @throws AllocatorError `WRITE_AFTER_FREE` if the oldest has been written to; it has left all the same
   */
  makeRoom(): void {
    if (this.#count >= this.#limit) this.#letGo();
  }

  /** Keeps a block that nobody may use any more. */
  keep(address: number, byteLength: number): void {
    for (let done = 0; done < byteLength; done += PIECE_BYTES) {
      this.#bytes.view(address + done, Math.min(PIECE_BYTES, byteLength - done)).fill(PATTERN);
    }
    this.#kept.push({ address, byteLength });
  }

  /** Looks at all that is kept. Throws as `makeRoom`, and keeps them. */
  check(): void {
    for (let index = this.#first; index < this.#kept.length; index++) this.#requirePattern(this.#kept[index]);
  }

  /** Lets all go; whether there were any. Throws as `makeRoom`, when all have gone. */
  empty(): boolean {
    const hadAny = this.#count > 0;
    let complaint: unknown;
    while (this.#count > 0) {
      try {
        this.#letGo();
      } catch (error) {
        complaint ??= error;
      }
    }
    if (complaint !== undefined) throw complaint;
    return hadAny;
  }

  #letGo(): void {
    const oldest = this.#kept[this.#first];
    this.#first++;
    if (this.#first > this.#limit) {
      this.#kept = this.#kept.slice(this.#first);
      this.#first = 0;
    }
    try {
      this.#requirePattern(oldest);
    } finally {
      this.#release(oldest.address);
    }
  }

  #requirePattern({ address, byteLength }: Kept): void {
    for (let done = 0; done < byteLength; done += PIECE_BYTES) {
      const piece = this.#bytes.view(address + done, Math.min(PIECE_BYTES, byteLength - done));
      const wrong = piece.findIndex((byte) => byte !== PATTERN);
      if (wrong < 0) continue;
      const where = `byte ${done + wrong} of the ${byteLength} bytes at ${address}`;
      throw new AllocatorError('WRITE_AFTER_FREE', `${where} was written to after the block had been freed`);
    }
  }
}
