/**
 * Writes words as chunks with checksums. One chunk is assembled at a time, in private memory.
 */
import type { Checksum } from './checksum.ts';
import type { Deflate } from './compression.ts';
import { CHUNK_WORDS, ChunkHeader, ChunkKind, checksumOfHeader } from './chunk-header.ts';
import type { ImageTarget } from './target.ts';

/** Up to so many words a loop copies faster than a view can be made. */
const LOOP_LIMIT = 32;

/** Puts chunks one behind the other into an image. */
export class ChunkWriter {
  readonly #target: ImageTarget;
  readonly #checksum: Checksum;
  readonly #deflate: Deflate | undefined;
  readonly #words: Int32Array<ArrayBuffer> = new Int32Array(ChunkHeader.END + CHUNK_WORDS);
  readonly #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(this.#words.buffer);
  /** Where the next word goes. */
  #end: number = ChunkHeader.END;
  #number = 0;

  constructor(target: ImageTarget, checksum: Checksum, deflate: Deflate | undefined) {
    this.#target = target;
    this.#checksum = checksum;
    this.#deflate = deflate;
  }

  /** Appends words `from` … `from + count − 1` of `source`. */
  put(source: Int32Array, from: number, count: number): void {
    for (let done = 0; done < count;) {
      if (this.#end === this.#words.length) this.finish();
      const part = Math.min(count - done, this.#words.length - this.#end);
      this.#copy(source, from + done, part);
      this.#end += part;
      done += part;
    }
  }

  #copy(source: Int32Array, from: number, count: number): void {
    const words = this.#words;
    const to = this.#end;
    if (count > LOOP_LIMIT) words.set(source.subarray(from, from + count), to);
    else for (let index = 0; index < count; index++) words[to + index] = source[from + index];
  }

  /** Writes the chunk that has been begun, if any: what follows begins another. */
  finish(): void {
    if (this.#end === ChunkHeader.END) return;
    const plain = this.#bytes.subarray(ChunkHeader.END * 4, this.#end * 4);
    if (this.#isZero()) this.#write(ChunkKind.ZEROS, plain.subarray(0, 0));
    else this.#writeSmaller(plain);
    this.#end = ChunkHeader.END;
    this.#number++;
  }

  #isZero(): boolean {
    for (let index: number = ChunkHeader.END; index < this.#end; index++) if (this.#words[index] !== 0) return false;
    return true;
  }

  #writeSmaller(plain: Uint8Array): void {
    const deflated = this.#deflate?.(plain);
    if (deflated !== undefined && deflated.length < plain.length) this.#write(ChunkKind.DEFLATED, deflated);
    else this.#write(ChunkKind.PLAIN, plain);
  }

  #write(kind: number, stored: Uint8Array): void {
    const words = this.#words;
    words[ChunkHeader.KIND] = kind;
    words[ChunkHeader.STORED_BYTES] = stored.length;
    words[ChunkHeader.STORED_CHECKSUM] = this.#checksum(stored);
    words[ChunkHeader.CHECKSUM] = checksumOfHeader(words, this.#number, this.#checksum);
    if (kind === ChunkKind.DEFLATED) {
      this.#target.write(this.#bytes.subarray(0, ChunkHeader.END * 4));
      this.#target.write(stored);
    } else this.#target.write(this.#bytes.subarray(0, ChunkHeader.END * 4 + stored.length));
  }
}
