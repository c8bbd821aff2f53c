/**
 * What stands before each chunk of an image. A chunk that holds nothing but zeros is stored as its header alone.
 */
import type { Checksum } from './checksum.ts';

/** Bytes of structure or contents in a chunk, at most. */
export const CHUNK_BYTES: number = 2 ** 20;
export const CHUNK_WORDS: number = CHUNK_BYTES / 4;

/** Words before each chunk. */
export const ChunkHeader = {
  /** A `ChunkKind`. */
  KIND: 0,
  /** Bytes that follow. */
  STORED_BYTES: 1,
  /** Checksum of these bytes. */
  STORED_CHECKSUM: 2,
  /** Checksum of the words before and of the chunk's number, from 0 on through the whole image. */
  CHECKSUM: 3,
  END: 4,
} as const;

export const ChunkKind = { ZEROS: 0, PLAIN: 1, DEFLATED: 2 } as const;

/** It takes the chunk's number in, so that chunks cannot change places. */
export function checksumOfHeader(words: Int32Array, number: number, checksum: Checksum): number {
  const covered = new Int32Array(ChunkHeader.CHECKSUM + 1);
  covered.set(words.subarray(0, ChunkHeader.CHECKSUM));
  covered[ChunkHeader.CHECKSUM] = number;
  return checksum(new Uint8Array(covered.buffer));
}
