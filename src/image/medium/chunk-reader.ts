/**
 * Reads words out of chunks, and refuses what does not match its checksum.
 */
import type { Checksum } from './checksum.ts';
import { platformInflate, type Inflate } from './compression.ts';
import { damaged } from './damage.ts';
import { CHUNK_BYTES, ChunkHeader, ChunkKind, checksumOfHeader } from './chunk-header.ts';
import type { ImageSource } from './source.ts';

const HEADER_BYTES = ChunkHeader.END * 4;
/** Up to so many words a loop copies faster than a view can be made. */
const LOOP_LIMIT = 32;

/** Takes the words of chunks one behind the other. */
export class ChunkReader {
  readonly #source: ImageSource;
  readonly #checksum: Checksum;
  readonly #header: Int32Array<ArrayBuffer> = new Int32Array(ChunkHeader.END);
  readonly #stored: Uint8Array<ArrayBuffer> = new Uint8Array(CHUNK_BYTES);
  readonly #storedWords: Int32Array<ArrayBuffer> = new Int32Array(this.#stored.buffer);
  #inflate: Inflate | undefined;
  /** Byte of the image where the next chunk begins. */
  #position: number;
  #number = 0;
  /** Bytes of the section that lie in chunks to come. */
  #bytesToCome = 0;
  /** The words of the chunk that is open, and those of them that were taken. */
  #words: Int32Array = this.#storedWords;
  #length = 0;
  #taken = 0;
  #isZero = false;

  constructor(source: ImageSource, position: number, checksum: Checksum) {
    this.#source = source;
    this.#position = position;
    this.#checksum = checksum;
  }

  /** Begins to read `wordCount` words that have chunks to themselves. */
  begin(wordCount: number): void {
    this.#bytesToCome = wordCount * 4;
    this.#taken = this.#length = 0;
  }

  /** Copies the next words into `target`, which holds zeros there: a chunk of zeros writes nothing. */
  take(target: Int32Array, to: number, count: number): void {
    for (let done = 0; done < count;) {
      if (this.#taken === this.#length) this.#open();
      const part = Math.min(count - done, this.#length - this.#taken);
      if (!this.#isZero) this.#copy(target, to + done, part);
      this.#taken += part;
      done += part;
    }
  }

  #copy(target: Int32Array, to: number, count: number): void {
    const words = this.#words;
    const from = this.#taken;
    if (count > LOOP_LIMIT) target.set(words.subarray(from, from + count), to);
    else for (let index = 0; index < count; index++) target[to + index] = words[from + index];
  }

  /** @throws AllocatorError `CORRUPTED` if the image goes on behind its last chunk */
  end(): void {
    const tooMany = this.#source.byteLength - this.#position;
    if (tooMany !== 0) throw damaged(`byte ${this.#position}`, `the image ends here, but ${tooMany} bytes follow`);
  }

  #open(): void {
    const length = Math.min(CHUNK_BYTES, this.#bytesToCome);
    const storedBytes = this.#openHeader(length);
    this.#read(this.#stored, storedBytes);
    const stored = this.#stored.subarray(0, storedBytes);
    if (this.#checksum(stored) !== this.#header[ChunkHeader.STORED_CHECKSUM])
      throw this.#damage('its bytes do not match their checksum');
    this.#words =
      this.#header[ChunkHeader.KIND] === ChunkKind.DEFLATED ? this.#inflated(stored, length) : this.#storedWords;
    this.#position += HEADER_BYTES + storedBytes;
    this.#bytesToCome -= length;
    this.#length = length / 4;
    this.#taken = 0;
    this.#number++;
  }

  /** Reads the header of the next chunk, which holds `length` bytes. Returns how many are stored for them. */
  #openHeader(length: number): number {
    const header = this.#header;
    this.#read(new Uint8Array(header.buffer), HEADER_BYTES, 0);
    if (checksumOfHeader(header, this.#number, this.#checksum) !== header[ChunkHeader.CHECKSUM])
      throw this.#damage('its header does not match its checksum');
    const kind = header[ChunkHeader.KIND];
    const storedBytes = header[ChunkHeader.STORED_BYTES];
    this.#isZero = kind === ChunkKind.ZEROS;
    const expected = this.#isZero ? 0 : kind === ChunkKind.PLAIN ? length : storedBytes;
    const isKnown = this.#isZero || kind === ChunkKind.PLAIN || kind === ChunkKind.DEFLATED;
    if (!isKnown || storedBytes !== expected || storedBytes < 0 || storedBytes > length)
      throw this.#damage(`kind ${kind} with ${storedBytes} bytes stored for ${length} cannot be`);
    return storedBytes;
  }

  #inflated(stored: Uint8Array, length: number): Int32Array {
    this.#inflate ??= platformInflate();
    const bytes = this.#inflate(stored, length);
    if (bytes?.length !== length) throw this.#damage('its bytes cannot be inflated');
    return new Int32Array(new Uint8Array(bytes).buffer); // a copy: what the platform gives may lie at any offset
  }

  #read(target: Uint8Array, byteLength: number, offset: number = HEADER_BYTES): void {
    const position = this.#position + offset;
    const found = this.#source.read(target, byteLength, position);
    if (found < byteLength) throw this.#damage(`the image ends at byte ${position + found}, inside it`);
  }

  #damage(what: string): Error {
    return damaged(`chunk ${this.#number} at byte ${this.#position}`, what);
  }
}
