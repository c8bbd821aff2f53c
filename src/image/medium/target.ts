/** Where an image is written to, piece by piece. */
import { AllocatorError } from '../../allocator-error.ts';

export interface ImageTarget {
  /** Takes the bytes over before it returns; they may change after. */
  write(bytes: Uint8Array): void;
}

/** Collects an image in memory. */
export class MemoryTarget implements ImageTarget {
  readonly #pieces: Uint8Array[] = [];
  #byteLength = 0;

  write(bytes: Uint8Array): void {
    this.#pieces.push(new Uint8Array(bytes));
    this.#byteLength += bytes.length;
  }

  /** @throws AllocatorError `UNSUPPORTED` if the engine has no array of that length */
  image(): Uint8Array<ArrayBuffer> {
    const image = newBytes(this.#byteLength);
    let end = 0;
    for (const piece of this.#pieces) {
      image.set(piece, end);
      end += piece.length;
    }
    return image;
  }
}

function newBytes(byteLength: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(byteLength);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const what = `this engine has no room for an image of ${byteLength} bytes in memory: ${error.message}`;
    throw new AllocatorError('UNSUPPORTED', `${what}; save it to a file`);
  }
}
