/**
 * Buffers as heaps: laying a new one out, and recognizing one that is handed in.
 */
import { AllocatorError } from '../allocator-error.ts';
import { headerComplaint, sealHeader } from '../layout/header.ts';
import { FIT_NAME_BYTES, FORMAT_VERSION, Header, MAGIC, placeRegions } from '../layout/regions.ts';
import { Layout } from '../layout/layout.ts';
import { BYTES_PER_WORD, byteOffsetOf, type WordIndex } from '../layout/units.ts';
import { heapIdIn } from '../heap/membership.ts';
import type { HeapParameters } from './options.ts';

/** Reserves a buffer for a heap and writes its header; the table is still empty. */
export function createHeapBuffer(parameters: HeapParameters): SharedArrayBuffer {
  const { unitBytes, unitCount, unitLimit, maxThreads, lockTimeoutMs, fit, options, quarantine } = parameters;
  const { base } = placeRegions(parameters);
  const buffer = reserve(base, unitCount * unitBytes, unitLimit * unitBytes);
  const words = new Int32Array(buffer, 0, Header.END);
  words[Header.VERSION] = FORMAT_VERSION;
  words.set(crypto.getRandomValues(new Int32Array(2)), Header.HEAP_ID);
  words[Header.UNIT_BYTES] = unitBytes;
  words[Header.UNIT_LIMIT] = unitLimit;
  words[Header.MAX_THREADS] = maxThreads;
  words[Header.LOCK_TIMEOUT_MS] = lockTimeoutMs;
  words[Header.OPTIONS] = options;
  words[Header.QUARANTINE] = quarantine;
  writeFitName(buffer, typeof fit === 'string' ? fit : fit.name);
  words[Header.MAGIC] = MAGIC;
  sealHeader(words);
  return buffer;
}

function reserve(base: number, byteLength: number, maxByteLength: number): SharedArrayBuffer {
  const create = (size: number) =>
    byteLength === maxByteLength
      ? new SharedArrayBuffer(size)
      : new SharedArrayBuffer(Math.min(size, base + byteLength), { maxByteLength: size });
  const total = base + maxByteLength;
  const buffer = attempt(create, total);
  if (buffer !== undefined) return buffer;
  let possible = 2 ** Math.floor(Math.log2(total));
  while (possible > 1 && attempt(create, possible) === undefined) possible /= 2;
  throw new AllocatorError(
    'BAD_SIZE',
    `this engine cannot reserve ${total} bytes (${maxByteLength} for blocks, ${base} for bookkeeping) in one ` +
      `${byteLength === maxByteLength ? '' : 'growable '}SharedArrayBuffer; its limit lies at about ${possible} bytes`,
  );
}

function attempt(create: (size: number) => SharedArrayBuffer, size: number): SharedArrayBuffer | undefined {
  try {
    return create(size);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * The layout of the heap in `buffer`.
 *
 * @throws AllocatorError `LAYOUT_MISMATCH`
 */
export function layoutOfHeap(buffer: unknown): Layout {
  if (!(buffer instanceof SharedArrayBuffer)) throw mismatch('a heap lives in a SharedArrayBuffer, and this is none');
  const complaint = headerComplaint(buffer);
  if (complaint !== undefined) throw mismatch(complaint);
  return new Layout(buffer);
}

/** The random id of the heap in `buffer` as a key for maps; undefined if none is recognized there. */
export function heapIdOf(buffer: unknown): string | undefined {
  if (!(buffer instanceof SharedArrayBuffer) || buffer.byteLength < Header.END * BYTES_PER_WORD) return undefined;
  const header = new Int32Array(buffer, 0, Header.END);
  const isHeap = header[Header.MAGIC] === MAGIC && header[Header.VERSION] === FORMAT_VERSION;
  return isHeap ? heapIdIn(header) : undefined;
}

/** Text coders refuse shared memory in browsers, so names are copied through private bytes. */
function writeFitName(buffer: SharedArrayBuffer, name: string): void {
  const text = new TextEncoder().encode(name);
  new Int32Array(buffer, 0, Header.END)[Header.FIT_NAME] = text.length;
  fitNameBytes(buffer).set(text);
}

export function readFitName({ buffer, words }: Layout): string {
  const length = words[Header.FIT_NAME];
  return new TextDecoder().decode(new Uint8Array(fitNameBytes(buffer)).subarray(0, length));
}

function fitNameBytes(buffer: SharedArrayBuffer): Uint8Array {
  return new Uint8Array(buffer, byteOffsetOf((Header.FIT_NAME + 1) as WordIndex), FIT_NAME_BYTES);
}

function mismatch(what: string): AllocatorError {
  return new AllocatorError('LAYOUT_MISMATCH', `${what}; attach to the handle of a MemoryManager`);
}
