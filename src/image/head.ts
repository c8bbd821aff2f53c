/**
 * The head of an image: what the heap was made with, the words that belong to its users, and how much follows.
 */
import {
  BASE_ALIGNMENT,
  FIT_NAME_BYTES,
  Guarded,
  Header,
  Option,
  placeRegions,
  Root,
  SLAB_UNIT_BYTES,
  SLOT_STEP_BYTES,
  THREAD_LIMIT,
  UNIT_LIMIT,
} from '../layout/regions.ts';
import type { Layout } from '../layout/layout.ts';
import { putFound, type AsFound } from './as-found.ts';
import type { Checksum } from './medium/checksum.ts';
import { damaged, unreadable } from './medium/damage.ts';
import { Head, IMAGE_MAGIC, IMAGE_VERSION, ROOT_WORDS } from './format.ts';
import type { ImageSource } from './medium/source.ts';

const HEAD_BYTES = Head.END * 4;
/** Slot size, owner, and the bits of the 64 smallest slots that a unit can have. */
const MOST_SLAB_WORDS_PER_UNIT = 4;
/** The magic word as a machine of the other byte order writes it. */
const SWAPPED_MAGIC = new DataView(Int32Array.of(IMAGE_MAGIC).buffer).getInt32(0, isBigEndian());

function isBigEndian(): boolean {
  return new Uint8Array(Int32Array.of(1).buffer)[0] === 0;
}

/** Words of the head in memory. */
export type HeadWords = Int32Array<ArrayBuffer>;

/** What a head says of the heap, besides the words that `found` explains. */
export interface ImageHead {
  readonly unitBytes: number;
  readonly unitCount: number;
  readonly unitLimit: number;
  readonly maxThreads: number;
  readonly lockTimeoutMs: number;
  readonly fitName: string;
  /** `Option` bits: what the heap has beyond the plain one. */
  readonly options: number;
  readonly rover: number;
  /** The random id of the heap that was saved. */
  readonly heapId: string;
  readonly threadCount: number;
  readonly headCount: number;
  readonly slabWords: number;
  /** The words that belong to the users: `Root` in layout/regions. */
  readonly root: Int32Array;
}

/** How long the parts of the structure are. */
export type StructureLengths = Pick<ImageHead, 'threadCount' | 'headCount' | 'slabWords'>;

/** Begins a head with all but how long the structure is: the words as they are now. */
export function beginHead(layout: Layout, found: AsFound): HeadWords {
  const { words } = layout;
  const head = new Int32Array(Head.END);
  head[Head.MAGIC] = IMAGE_MAGIC;
  head[Head.VERSION] = IMAGE_VERSION;
  head[Head.UNIT_BYTES] = layout.unitBytes;
  head[Head.UNIT_LIMIT] = layout.unitLimit;
  head[Head.BASE_STEPS] = layout.base / BASE_ALIGNMENT;
  head[Head.MAX_THREADS] = layout.maxThreads;
  head[Head.OPTIONS] = words[Header.OPTIONS];
  head[Head.ROVER] = words[Guarded.ROVER];
  head[Head.LOCK_TIMEOUT_MS] = words[Header.LOCK_TIMEOUT_MS];
  head.set(words.subarray(Header.HEAP_ID, Header.HEAP_ID + 2), Head.HEAP_ID);
  head.set(words.subarray(Header.FIT_NAME, Header.FIT_NAME + 1 + FIT_NAME_BYTES / 4), Head.FIT_NAME);
  head.set(words.subarray(Root.VALUE, Root.VALUE + ROOT_WORDS), Head.ROOT);
  rootIn(head, Head.ROOT)[0] = Atomics.load(rootIn(words, Root.VALUE), 0);
  putFound(head, found);
  return head;
}

/** The root is one word of 64 bits, which must not be read in halves. */
function rootIn(words: Int32Array, index: number): BigInt64Array {
  return new BigInt64Array(words.buffer, words.byteOffset + index * 4, 1);
}

/** Says how long the structure is, and closes the head. */
export function finishHead(
  head: HeadWords,
  unitCount: number,
  { threadCount, headCount, slabWords }: StructureLengths,
  checksum: Checksum,
): Uint8Array {
  head[Head.UNIT_COUNT] = unitCount;
  head[Head.THREADS] = threadCount;
  head[Head.HEADS] = headCount;
  head[Head.SLAB_WORDS] = slabWords;
  head[Head.CHECKSUM] = checksum(coveredBytes(head));
  return new Uint8Array(head.buffer);
}

function coveredBytes(head: HeadWords): Uint8Array {
  return new Uint8Array(head.buffer, 0, Head.CHECKSUM * 4);
}

/** @throws AllocatorError `LAYOUT_MISMATCH` or `CORRUPTED` */
export function readHead(source: ImageSource, checksum: Checksum): HeadWords {
  const head = new Int32Array(Head.END);
  const found = source.read(new Uint8Array(head.buffer), HEAD_BYTES, 0);
  requireImage(head, found);
  if (found < HEAD_BYTES) throw damaged('the head', `the image ends at byte ${found}, inside it`);
  if (checksum(coveredBytes(head)) !== head[Head.CHECKSUM]) throw damaged('the head', 'it does not match its checksum');
  requireSane(headOf(head));
  requireSamePlaces(head);
  return head;
}

/** Blocks hold addresses of others, so they must come to lie where they were. */
function requireSamePlaces(head: HeadWords): void {
  const before = head[Head.BASE_STEPS] * BASE_ALIGNMENT;
  const { base } = placeRegions(headOf(head));
  if (before === base) return;
  const places = `blocks began at ${before}, and begin at ${base} in this version of the library`;
  throw unreadable(`${places}, so their addresses would change; load the image with the version that saved it`);
}

/** Numbers that no heap has, in a head whose checksum is right, are no accident; they must do no harm either. */
function requireSane(head: ImageHead): void {
  const { unitBytes, unitCount, unitLimit, maxThreads, lockTimeoutMs, options, threadCount, headCount, slabWords } =
    head;
  const isHeap =
    (unitBytes === SLAB_UNIT_BYTES || unitBytes === SLOT_STEP_BYTES) &&
    isWithin(unitLimit, 1, UNIT_LIMIT) &&
    isWithin(unitCount, 1, unitLimit) &&
    isWithin(maxThreads, 1, THREAD_LIMIT) &&
    lockTimeoutMs >= 0 &&
    isWithin(options, 0, Option.ALL);
  const isStructure =
    isWithin(threadCount, 0, maxThreads) &&
    isWithin(headCount, 1, unitCount) &&
    isWithin(slabWords, 0, unitCount * MOST_SLAB_WORDS_PER_UNIT);
  if (!isHeap || !isStructure) throw damaged('the head', 'it describes a heap that cannot be');
}

const isWithin = (value: number, least: number, most: number) => value >= least && value <= most;

/** What is no image is to be told so, and what is one of another kind which. */
function requireImage(head: HeadWords, byteLength: number): void {
  const magic = head[Head.MAGIC];
  if (byteLength >= 4 && magic === SWAPPED_MAGIC)
    throw unreadable('this image was saved on a machine of the other byte order; load it on one of that kind');
  if (byteLength < 4 || magic !== IMAGE_MAGIC)
    throw unreadable('this does not begin like an image of a heap; give load what `save` or `image` made');
  const version = head[Head.VERSION];
  if (byteLength >= 8 && version !== IMAGE_VERSION)
    throw unreadable(`the image has format version ${version}, this library reads ${IMAGE_VERSION}`);
}

/** What the words of a head say. */
export function headOf(head: HeadWords): ImageHead {
  return {
    unitBytes: head[Head.UNIT_BYTES],
    unitCount: head[Head.UNIT_COUNT],
    unitLimit: head[Head.UNIT_LIMIT],
    maxThreads: head[Head.MAX_THREADS],
    lockTimeoutMs: head[Head.LOCK_TIMEOUT_MS],
    fitName: fitNameIn(head),
    options: head[Head.OPTIONS],
    rover: head[Head.ROVER],
    heapId: `${head[Head.HEAP_ID]}:${head[Head.HEAP_ID + 1]}`,
    threadCount: head[Head.THREADS],
    headCount: head[Head.HEADS],
    slabWords: head[Head.SLAB_WORDS],
    root: head.subarray(Head.ROOT, Head.ROOT + ROOT_WORDS),
  };
}

function fitNameIn(head: HeadWords): string {
  const name = new Uint8Array(head.buffer, (Head.FIT_NAME + 1) * 4, FIT_NAME_BYTES);
  return new TextDecoder().decode(name.subarray(0, head[Head.FIT_NAME]));
}
