/**
 * What one allocation asks for: its options, the checks of them, and what is to be taken from which layer.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import { alignedClassFor, SMALL_LIMIT } from '../slab/size-class.ts';
import type { Member } from '../heap/member.ts';
import type { Request } from '../heap/supply.ts';
import { SLOT_STEP_BYTES } from '../layout/regions.ts';

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

/** Largest alignment that an allocation can ask for. Bytes. */
const MAX_ALIGNMENT = 65_536;

/** @throws AllocatorError `BAD_SIZE` for what is no whole number ≥ 0 */
export function checkedSize(size: number): number {
  if (Number.isInteger(size) && size >= 0) return size;
  throw new AllocatorError('BAD_SIZE', `a size must be a whole number ≥ 0, got ${shown(size)}`);
}

/** The checked options of an allocation. */
export interface CheckedOptions {
  readonly alignment: number;
  readonly zeroed: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * The options of an allocation, each read once, before anything is taken: reading them may run code of the user's.
 *
 * @throws AllocatorError `BAD_ALIGNMENT` or `BAD_OPTION`
 */
export function checkedOptions(options: AllocateAsyncOptions): CheckedOptions {
  if (typeof options !== 'object' || options === null) {
    throw new AllocatorError('BAD_OPTION', `options must be an object, got ${shown(options)}`);
  }
  const { alignment = SLOT_STEP_BYTES, zeroed = false, signal } = options;
  return { alignment: checkedAlignment(alignment), zeroed, signal };
}

function checkedAlignment(alignment: number): number {
  const isPowerOfTwo = Number.isInteger(alignment) && alignment > 0 && (alignment & (alignment - 1)) === 0;
  if (isPowerOfTwo && alignment <= MAX_ALIGNMENT) return Math.max(alignment, SLOT_STEP_BYTES);
  const range = `a power of two from 1 to ${MAX_ALIGNMENT}`;
  throw new AllocatorError('BAD_ALIGNMENT', `an alignment must be ${range}, got ${shown(alignment)}`);
}

/** @throws AllocatorError `BAD_SIZE` */
export function requestOf({ layout, slabs }: Member, size: number, alignment: number): Request {
  const unitCount = layout.unitsFor(checkedSize(size));
  const fitsSlot = slabs !== undefined && size <= SMALL_LIMIT && alignment <= layout.unitBytes;
  const sizeClass = fitsSlot ? alignedClassFor(size, alignment) : -1;
  return { sizeClass, unitCount, alignment: Math.max(1, alignment / layout.unitBytes) };
}
