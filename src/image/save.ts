/**
 * Saving a heap: its own words first, as they are found; then the structure, in slices under the lock; then the bytes,
 * while others go on. Exact if nobody works with the heap meanwhile; else sound all the same, with blocks that are
 * written to meanwhile as they were at some instant, in parts.
 */
import type { ThreadSlots } from '../sync/thread-slots.ts';
import { lookAt, threadWords } from './as-found.ts';
import { platformChecksum } from './medium/checksum.ts';
import { ChunkWriter } from './medium/chunk-writer.ts';
import { platformDeflate } from './medium/compression.ts';
import { writeContents } from './contents.ts';
import { platformFiles, pathOf, replaceFile, type FileSystem } from './medium/files.ts';
import { beginHead, finishHead } from './head.ts';
import type { CheckedImageOptions } from './options.ts';
import { recordStructure, type RecordedHeap } from './recorder.ts';
import { liveIn } from './structure.ts';
import { MemoryTarget, type ImageTarget } from './medium/target.ts';

/** What saving needs of a heap. */
export interface SavedHeap extends RecordedHeap {
  readonly slots: ThreadSlots;
}

/** What was saved. */
export interface ImageReport {
  /** Bytes of the image. */
  readonly byteLength: number;
  /** Live blocks in it, and their usable bytes. */
  readonly blocks: number;
  readonly liveBytes: number;
}

/**
 * Saves a heap to a file, which is replaced as a whole or not at all.
 *
 * @internal
 */
export function saveToFile(
  heap: SavedHeap,
  file: string | URL,
  options: CheckedImageOptions,
  fs: FileSystem = platformFiles(),
): ImageReport {
  return replaceFile(fs, pathOf(file), (target) => writeImage(heap, target, options));
}

/** The image of a heap as bytes. */
export function imageOf(heap: SavedHeap, options: CheckedImageOptions): Uint8Array<ArrayBuffer> {
  const target = new MemoryTarget();
  writeImage(heap, target, options);
  return target.image();
}

/** Counts what passes through. */
class CountingTarget implements ImageTarget {
  byteLength = 0;
  readonly #target: ImageTarget;

  constructor(target: ImageTarget) {
    this.#target = target;
  }

  write(bytes: Uint8Array): void {
    this.#target.write(bytes);
    this.byteLength += bytes.length;
  }
}

function writeImage(heap: SavedHeap, to: ImageTarget, { compress }: CheckedImageOptions): ImageReport {
  const { layout, slots } = heap;
  const deflate = compress ? platformDeflate() : undefined;
  const checksum = platformChecksum();
  const found = lookAt(layout, slots);
  const head = beginHead(layout, found);
  const structure = recordStructure(heap);
  const { heads, slabRecords } = structure;
  const target = new CountingTarget(to);
  const lengths = { threadCount: found.threads.length, headCount: heads.length, slabWords: slabRecords.length };
  target.write(finishHead(head, structure.unitCount, lengths, checksum));
  const writer = new ChunkWriter(target, checksum, deflate);
  for (const words of [threadWords(found.threads), heads, slabRecords]) writer.put(words, 0, words.length);
  writer.finish();
  writeContents(layout.buffer, structure, writer);
  writer.finish();
  const { blocks, byteLength: liveBytes } = liveIn(structure);
  return { byteLength: target.byteLength, blocks, liveBytes };
}
