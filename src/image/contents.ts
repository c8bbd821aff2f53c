/**
 * The bytes of live blocks: from the heap into chunks, and back. One view cannot span every buffer, so a window moves
 * over the heap; live blocks come in address order.
 */
import type { ChunkReader } from './medium/chunk-reader.ts';
import type { ChunkWriter } from './medium/chunk-writer.ts';
import { visitLive, type Structure } from './structure.ts';

const WINDOW_BYTES = 2 ** 30;

/** A view of part of a buffer, moved to where it is needed. */
class Window {
  readonly #buffer: SharedArrayBuffer;
  words: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(0));
  #start = 0;
  #end = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.#buffer = buffer;
  }

  /** The index in `words` of the word at `address`. */
  at(address: number): number {
    if (address < this.#start || address >= this.#end) {
      this.#start = address;
      this.#end = Math.min(this.#buffer.byteLength, address + WINDOW_BYTES);
      this.words = new Int32Array(this.#buffer, address, Math.floor((this.#end - address) / 4));
    }
    return (address - this.#start) / 4;
  }

  /** Bytes from `address` on, of `byteLength`, that `words` holds. */
  heldFrom(address: number, byteLength: number): number {
    return Math.min(byteLength, this.#end - address);
  }
}

/** Writes the bytes of all live blocks as they are now. */
export function writeContents(buffer: SharedArrayBuffer, structure: Structure, writer: ChunkWriter): void {
  forEachPiece(buffer, structure, (words, index, count) => writer.put(words, index, count));
}

/** Fills the live blocks of a heap whose memory holds zeros. */
export function readContents(buffer: SharedArrayBuffer, structure: Structure, reader: ChunkReader): void {
  forEachPiece(buffer, structure, (words, index, count) => reader.take(words, index, count));
}

function forEachPiece(
  buffer: SharedArrayBuffer,
  structure: Structure,
  use: (words: Int32Array, index: number, count: number) => void,
): void {
  const window = new Window(buffer);
  visitLive(structure, (address, byteLength) => {
    for (let done = 0; done < byteLength;) {
      const index = window.at(address + done);
      const part = window.heldFrom(address + done, byteLength - done);
      use(window.words, index, part / 4);
      done += part;
    }
  });
}
