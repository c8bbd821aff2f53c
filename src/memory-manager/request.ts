/**
 * What one allocation asks for: its options, the checks of them, and what is to be taken from which layer.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import { alignedClassFor, SMALL_LIMIT } from '../slab/size-class.ts';
import type { Attachment } from './attachment.ts';

/** Options of one allocation. */
export interface AllocateOptions {
  /** The address becomes a multiple of this power of two, at most 65 536; default 16. */
  alignment?: number;
  /** Fills the block with zeros; otherwise it holds what was there before. */
  zeroed?: boolean;
}

/** Options of one allocation that waits without blocking. */
export interface AllocateAsyncOptions extends AllocateOptions {
  /** Ends the wait for the lock; the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
}

/** Largest alignment that an allocation can ask for, and the one that every block has. Bytes. */
const MAX_ALIGNMENT = 65_536;
export const DEFAULT_ALIGNMENT = 16;

/** @throws AllocatorError `BAD_SIZE` for what is no whole number ≥ 0 */
export function checkedSize(size: number): number {
  if (Number.isInteger(size) && size >= 0) return size;
  throw new AllocatorError('BAD_SIZE', `a size must be a whole number ≥ 0, got ${shown(size)}`);
}

function alignmentOf({ alignment = DEFAULT_ALIGNMENT }: AllocateOptions): number {
  const isPowerOfTwo = Number.isInteger(alignment) && alignment > 0 && (alignment & (alignment - 1)) === 0;
  if (isPowerOfTwo && alignment <= MAX_ALIGNMENT) return Math.max(alignment, DEFAULT_ALIGNMENT);
  const range = `a power of two from 1 to ${MAX_ALIGNMENT}`;
  throw new AllocatorError('BAD_ALIGNMENT', `an alignment must be ${range}, got ${shown(alignment)}`);
}

/** What is to be taken: a slot of a size class ≥ 0, else units of the table at an alignment in units. */
export interface Request {
  readonly sizeClass: number;
  readonly unitCount: number;
  readonly alignment: number;
}

/** @throws AllocatorError `BAD_SIZE`, `BAD_ALIGNMENT` or `BAD_OPTION` */
export function requestOf({ layout, slabs }: Attachment, size: number, options: AllocateOptions): Request {
  if (typeof options !== 'object' || options === null) {
    throw new AllocatorError('BAD_OPTION', `options must be an object, got ${shown(options)}`);
  }
  const unitCount = layout.unitsFor(checkedSize(size));
  const alignment = alignmentOf(options);
  const fitsSlot = slabs !== undefined && size <= SMALL_LIMIT && alignment <= layout.unitBytes;
  const sizeClass = fitsSlot ? alignedClassFor(size, alignment) : -1;
  return { sizeClass, unitCount, alignment: Math.max(1, alignment / layout.unitBytes) };
}
