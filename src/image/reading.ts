/**
 * Reading an image up to its contents: the head and the structure, verified.
 */
import { placeRegions } from '../layout/regions.ts';
import { getFound, threadsIn, type AsFound } from './as-found.ts';
import { platformChecksum } from './medium/checksum.ts';
import { ChunkReader } from './medium/chunk-reader.ts';
import { Head, ThreadRecord } from './format.ts';
import { headOf, readHead, type ImageHead } from './head.ts';
import { requireSound } from './soundness.ts';
import type { ImageSource } from './medium/source.ts';
import { liveIn, type Structure } from './structure.ts';

/** An image whose contents are still to be read. */
export interface OpenImage {
  readonly head: ImageHead;
  readonly found: AsFound;
  readonly structure: Structure;
  /** Stands at the first chunk of the contents. */
  readonly reader: ChunkReader;
}

/** @throws AllocatorError `LAYOUT_MISMATCH` for what is no image or one of another version; `CORRUPTED`, `UNSUPPORTED` */
export function readImage(source: ImageSource): OpenImage {
  const checksum = platformChecksum();
  const words = readHead(source, checksum);
  const head = headOf(words);
  const { unitBytes, unitCount, threadCount, headCount, slabWords } = head;
  const reader = new ChunkReader(source, Head.END * 4, checksum);
  const threadWords = threadCount * ThreadRecord.WORDS;
  reader.begin(threadWords + headCount + slabWords);
  const [threads, heads, slabRecords] = [threadWords, headCount, slabWords].map((length) => wordsOf(reader, length));
  const structure = { base: placeRegions(head).base, unitBytes, unitCount, heads, slabRecords };
  requireSound(structure);
  reader.begin(contentWords(structure));
  return { head, found: getFound(words, threadsIn(threads)), structure, reader };
}

function wordsOf(reader: ChunkReader, length: number): Int32Array {
  const words = new Int32Array(length);
  reader.take(words, 0, length);
  return words;
}

function contentWords(structure: Structure): number {
  return liveIn(structure).byteLength / 4;
}
