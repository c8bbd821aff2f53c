/**
 * Copies of bytes from or to shared memory, as fast as the engine can make them. V8 copies shared memory word by word
 * only where source and target lie alike modulo eight bytes, else byte by byte, five to eight times slower. Private
 * memory it copies at full speed however it lies. So a long copy that would be slow goes through private scratch memory,
 * a piece at a time:
 *
 *   shared  → private    shared ─fast→ scratch that lies like the source ─fast→ target
 *   private → shared     source ─fast→ scratch that lies like the target ─fast→ shared
 *   shared  → shared     both
 *
 * Figures: `npm run bench -- copies`.
 */

import { bufferOf, byteOffsetOf } from './intrinsics.ts';

/** Shorter copies are done before the scratch memory would have paid. */
export const LONG_BYTES = 512;
/** Bytes of a piece: its scratch memory stays in the first cache. */
const PIECE_BYTES = 16_384;
const WORD_BYTES = 8;

/** Scratch memory of this thread, made at the first need: one piece like the source, one like the target. */
let scratch: { readonly source: ArrayBuffer; readonly target: ArrayBuffer } | undefined;

/** Fills `target` from the beginning of `source`, which is at least as long. The two may overlap. */
export function copyBytes(target: Uint8Array, source: Uint8Array): void {
  const { length } = target;
  const from = new Uint8Array(bufferOf(source), byteOffsetOf(source), length); // `source` may be the user's
  if (length < LONG_BYTES || lieAlike(target, from)) {
    target.set(from);
  } else if (target.byteOffset > from.byteOffset) {
    for (let end = length; end > 0; end -= PIECE_BYTES) copyPiece(target, from, Math.max(0, end - PIECE_BYTES), end);
  } else {
    for (let start = 0; start < length; start += PIECE_BYTES) {
      copyPiece(target, from, start, Math.min(length, start + PIECE_BYTES));
    }
  }
}

/** Buffers begin at whole words. */
function lieAlike(one: Uint8Array, other: Uint8Array): boolean {
  return (one.byteOffset - other.byteOffset) % WORD_BYTES === 0;
}

/** The whole piece has been read before the first byte of it is written, so what overlaps is copied right. */
function copyPiece(target: Uint8Array, source: Uint8Array, start: number, end: number): void {
  scratch ??= { source: newScratch(), target: newScratch() };
  const to = target.subarray(start, end);
  let from = source.subarray(start, end);
  if (isShared(source)) from = copied(from, scratch.source, from.byteOffset);
  if (isShared(target)) from = copied(from, scratch.target, to.byteOffset);
  to.set(from);
}

function newScratch(): ArrayBuffer {
  return new ArrayBuffer(PIECE_BYTES + WORD_BYTES);
}

/** A private copy that lies like `offset`. */
function copied(bytes: Uint8Array, buffer: ArrayBuffer, offset: number): Uint8Array {
  const copy = new Uint8Array(buffer, offset % WORD_BYTES, bytes.length);
  copy.set(bytes);
  return copy;
}

/** Memory of another realm is taken for shared, which costs a copy at most. */
function isShared({ buffer }: Uint8Array): boolean {
  return !(buffer instanceof ArrayBuffer);
}
