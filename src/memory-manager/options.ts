/**
 * What a heap can be told at its creation, and the checks of it.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import {
  FIT_NAME_BYTES,
  Option,
  QUARANTINE_LIMIT,
  SLAB_UNIT_BYTES,
  SLOT_STEP_BYTES,
  THREAD_LIMIT,
  UNIT_LIMIT,
} from '../layout/regions.ts';
import { FIT_NAMES, type FitName } from '../fit/fit.ts';
import type { FitStrategy, NamedStrategy } from '../fit/fit-strategy.ts';
import type { Liveness } from '../sync/liveness.ts';

/** Smaller heaps have no slabs by default: each size class in use would take too large a part of them. */
const SLABS_PAY_FROM_BYTES = 2 ** 20;

/** Options of the constructor. */
export interface MemoryManagerOptions {
  /** Placement policy; default `'first-fit'`. */
  fit?: FitName | FitStrategy;
  /** Bytes up to which the heap may grow; default `blockSize`: it is fixed. */
  maxByteLength?: number;
  /**
   * Whether small blocks come from slabs, without the lock, and memory is managed in units of 1 KiB; otherwise every
   * block comes from the free-list table, in units of 16 bytes. Default: `maxByteLength` is at least 1 MiB.
   */
  slabs?: boolean;
  /** Greatest number of threads attached at a time, 1 to 1023; default 64. */
  maxThreads?: number;
  /** Patience with a live holder of the lock, in milliseconds; default 10 000. */
  lockTimeoutMs?: number;
  /** Who is alive; default: what the platform knows. */
  liveness?: Liveness;
  /** Whether freed memory is filled with zeros, so that nobody finds there what it held; default: no. */
  zeroOnFree?: boolean;
  /** Help in the search for mistakes, at the price of speed and of memory; default: none. */
  debug?: DebugOptions;
}

/** Options in the search for mistakes. With either there are labels, which take as much again as the memory. */
export interface DebugOptions {
  /** Whether each block is labelled with the thread that allocated it and its tag, for `leaks`. */
  tags?: boolean;
  /** How many freed blocks each thread keeps for a while, filled with a pattern, to find who writes to them; at most 65 536. */
  quarantine?: number;
}

/** Options of `attach`: what cannot be stored in the shared memory. */
export interface AttachOptions {
  /** Strategies by which the heap's own, named in its header, is looked up. */
  fits?: FitStrategy[];
  /** Who is alive; default: what the platform knows. */
  liveness?: Liveness;
}

/** The checked parameters of a new heap. */
export interface HeapParameters {
  readonly unitBytes: number;
  readonly unitCount: number;
  readonly unitLimit: number;
  readonly maxThreads: number;
  readonly lockTimeoutMs: number;
  readonly fit: FitName | NamedStrategy;
  readonly liveness: Liveness | undefined;
  /** `Option` bits. */
  readonly options: number;
  /** Blocks in quarantine, for each thread. */
  readonly quarantine: number;
}

/** The checked options of `attach`. */
export interface CheckedAttachOptions {
  readonly fits: readonly NamedStrategy[];
  readonly liveness: Liveness | undefined;
}

const CREATE_OPTIONS = [
  'fit',
  'maxByteLength',
  'slabs',
  'maxThreads',
  'lockTimeoutMs',
  'liveness',
  'zeroOnFree',
  'debug',
];
const DEBUG_OPTIONS = ['tags', 'quarantine'];
const ATTACH_OPTIONS = ['fits', 'liveness'];
const MAX_LOCK_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Each option is read once, before anything is made: reading it may run code of the user's.
 *
 * @throws AllocatorError `BAD_SIZE`, `BAD_OPTION` or `UNKNOWN_FIT`
 */
export function checkedParameters(blockSize: number, options: MemoryManagerOptions = {}): HeapParameters {
  requireKnown(options, CREATE_OPTIONS);
  const { fit = 'first-fit', maxByteLength = blockSize, maxThreads = 64, lockTimeoutMs = 10_000, liveness } = options;
  if (!Number.isInteger(blockSize) || blockSize < 1) {
    throw new AllocatorError('BAD_SIZE', `blockSize must be a whole number of bytes ≥ 1, got ${shown(blockSize)}`);
  }
  requireWhole('maxByteLength', maxByteLength, blockSize, Number.MAX_VALUE);
  const { slabs = maxByteLength >= SLABS_PAY_FROM_BYTES } = options;
  requireBoolean('slabs', slabs);
  const { zeroOnFree = false } = options;
  requireBoolean('zeroOnFree', zeroOnFree);
  const { tags, quarantine } = checkedDebugOptions(options.debug);
  requireWhole('maxThreads', maxThreads, 1, THREAD_LIMIT);
  requireWhole('lockTimeoutMs', lockTimeoutMs, 0, MAX_LOCK_TIMEOUT_MS);
  const checkedFit = fitOf(fit);
  requireLiveness(liveness);
  const unitBytes = slabs ? SLAB_UNIT_BYTES : SLOT_STEP_BYTES;
  const unitLimit = Math.ceil(maxByteLength / unitBytes);
  if (unitLimit > UNIT_LIMIT) {
    throw new AllocatorError(
      'BAD_SIZE',
      `a heap of ${maxByteLength} bytes is larger than the format's limit of ${UNIT_LIMIT * unitBytes} bytes`,
    );
  }
  const unitCount = Math.ceil(blockSize / unitBytes);
  const bits = (tags || quarantine > 0 ? Option.LABELS : 0) | (zeroOnFree ? Option.ZERO_ON_FREE : 0);
  return {
    unitBytes,
    unitCount,
    unitLimit,
    maxThreads,
    lockTimeoutMs,
    fit: checkedFit,
    liveness,
    options: bits,
    quarantine,
  };
}

function checkedDebugOptions(debug: DebugOptions = {}): Required<DebugOptions> {
  requireKnown(debug, DEBUG_OPTIONS);
  const { tags = false, quarantine = 0 } = debug;
  requireBoolean('debug.tags', tags);
  requireWhole('debug.quarantine', quarantine, 0, QUARANTINE_LIMIT);
  return { tags, quarantine };
}

/** @throws AllocatorError `BAD_OPTION` */
export function checkedAttachOptions(options: AttachOptions = {}): CheckedAttachOptions {
  requireKnown(options, ATTACH_OPTIONS);
  const { fits = [], liveness } = options;
  if (!Array.isArray(fits)) {
    throw new AllocatorError('BAD_OPTION', `option fits must be an array of strategies, got ${shown(fits)}`);
  }
  requireLiveness(liveness);
  return { fits: fits.map(namedStrategy), liveness };
}

function requireKnown(options: object, known: string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new AllocatorError('BAD_OPTION', `options must be an object, got ${shown(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new AllocatorError('BAD_OPTION', `there is no option ${shown(key)}; known are ${known.join(', ')}`);
  }
}

function requireBoolean(name: string, value: boolean): void {
  if (typeof value === 'boolean') return;
  throw new AllocatorError('BAD_OPTION', `option ${name} must be true or false, got ${shown(value)}`);
}

function requireWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_VALUE ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new AllocatorError('BAD_OPTION', `option ${name} must be a whole number ${range}, got ${shown(value)}`);
}

function fitOf(fit: FitName | FitStrategy): FitName | NamedStrategy {
  if (typeof fit === 'object') return namedStrategy(fit);
  if ((FIT_NAMES as readonly string[]).includes(fit)) return fit;
  throw new AllocatorError('UNKNOWN_FIT', `there is no fit ${shown(fit)}; built in are ${FIT_NAMES.join(', ')}`);
}

function namedStrategy(strategy: FitStrategy): NamedStrategy {
  const name = strategy?.name;
  if (typeof name !== 'string' || typeof strategy.choose !== 'function') {
    throw new AllocatorError('BAD_OPTION', 'a fit strategy needs a string `name` and a function `choose`');
  }
  const byteLength = new TextEncoder().encode(name).length;
  if (byteLength < 1 || byteLength > FIT_NAME_BYTES) {
    throw new AllocatorError(
      'BAD_OPTION',
      `the name of a fit must have 1 to ${FIT_NAME_BYTES} bytes, not ${byteLength}`,
    );
  }
  if ((FIT_NAMES as readonly string[]).includes(name)) {
    throw new AllocatorError('BAD_OPTION', `the name ${shown(name)} belongs to a built-in fit; choose another`);
  }
  return { name, strategy };
}

function requireLiveness(liveness: Liveness | undefined): void {
  if (liveness === undefined) return;
  if (typeof liveness?.self === 'function' && typeof liveness.isAlive === 'function') return;
  throw new AllocatorError('BAD_OPTION', 'option liveness needs the functions `self` and `isAlive`');
}
