/** Where an image is read from, piece by piece. */
export interface ImageSource extends Disposable {
  readonly byteLength: number;
  /** Copies up to `byteLength` bytes from `position` on to the beginning of `target`. Returns how many there were. */
  read(target: Uint8Array, byteLength: number, position: number): number;
}

/** An image in memory. */
export class MemorySource implements ImageSource {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get byteLength(): number {
    return this.#bytes.length;
  }

  read(target: Uint8Array, byteLength: number, position: number): number {
    const found = this.#bytes.subarray(position, position + byteLength);
    target.set(found);
    return found.length;
  }

  [Symbol.dispose](): void {
    // Memory needs no closing.
  }
}
