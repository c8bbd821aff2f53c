/**
 * The one error class of the heap and the closed list of its codes.
 *
 * A code names the kind of mistake and stays the same between versions; the message says what was wrong and what
 * would have been right. Whatever is thrown, the heap is as it was before the call.
 */

/** What went wrong. */
export type AllocatorErrorCode =
  /** A size, length or count that is not a whole number of at least 0, or a heap larger than the engine can reserve. */
  | 'BAD_SIZE'
  /** An alignment that is no power of two up to 64 KiB, or an address that a typed array cannot start at. */
  | 'BAD_ALIGNMENT'
  /** An option of the constructor or of `attach` that is unknown or out of range. */
  | 'BAD_OPTION'
  /** The name of a fit that is neither built in nor given to this thread. */
  | 'UNKNOWN_FIT'
  /** An address at which no live block starts or, for access, which lies in no live block. */
  | 'INVALID_ADDRESS'
  /** The address of a block that is free already. */
  | 'DOUBLE_FREE'
  /** A range that leaves its block, or data longer than the room stated for it. */
  | 'OUT_OF_BOUNDS'
  /** A buffer that holds no heap, or one of another format version; the same of images. */
  | 'LAYOUT_MISMATCH'
  /** More threads attached than `maxThreads`. */
  | 'TOO_MANY_THREADS'
  /** The lock was held by a live thread for longer than `lockTimeoutMs`. */
  | 'LOCK_TIMEOUT'
  /** A wait for a lock that the thread itself holds. */
  | 'DEADLOCK'
  /** `check()` found the bookkeeping inconsistent, or an image is damaged or cut off. */
  | 'CORRUPTED'
  /** A call on a manager that was detached from its heap. */
  | 'DETACHED'
  /** A call of a heap from inside a fit or a liveness that the heap was calling. */
  | 'REENTRANT'
  /** A block is not what it is taken for. */
  | 'TYPE_MISMATCH'
  /** A block in quarantine was written to after it had been freed. */
  | 'WRITE_AFTER_FREE'
  /** The heap has no room, where a call has no `null` to say so. */
  | 'OUT_OF_MEMORY'
  /** Something that this engine or this thread cannot do. */
  | 'UNSUPPORTED';

/** Every error that the heap throws on purpose. */
export class AllocatorError extends Error {
  override readonly name = 'AllocatorError';
  /** The kind of mistake, stable between versions. */
  readonly code: AllocatorErrorCode;

  constructor(code: AllocatorErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A value as an error message shows it: short, and never throwing itself. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}
