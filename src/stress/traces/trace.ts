/**
 * A trace in memory: every allocate, reallocate and free of a program's run, in global order.
 *
 *   operation i  =  words [i · WORDS, (i + 1) · WORDS) of `records`
 *
 * Threads and objects are numbered densely from 0 in order of appearance, whatever numbers the file used. Sizes are
 * unsigned: read them with `>>> 0`. `live(i)` below is the sum of the sizes of all live objects after operation i.
 */

/** What an operation does. */
export const Operation = { ALLOCATE: 0, REALLOCATE: 1, FREE: 2 } as const;

/** The words of one operation. */
export const TraceWord = {
  THREAD: 0,
  OPERATION: 1,
  OBJECT: 2,
  /** Bytes asked for; 0 for a free. */
  SIZE: 3,
  /** Bytes that the object had before; 0 for an allocate. */
  OLD_SIZE: 4,
  /** Binary logarithm of the alignment; 0 = none was asked for. */
  ALIGNMENT_BITS: 5,
  WORDS: 6,
} as const;

/** The largest size that a trace may ask for, and the largest alignment. */
export const MAX_SIZE = 0xffff_ffff;
export const MAX_ALIGNMENT_BITS = 16;

export interface Trace {
  /** What to call it: the file's name. */
  readonly name: string;
  readonly records: Int32Array;
  readonly operationCount: number;
  readonly threadCount: number;
  readonly objectCount: number;
  /** max over i of live(i), in bytes as requested. */
  readonly peakLiveBytes: number;
  /** The first operation after which `peakLiveBytes` are live. */
  readonly peakOperation: number;
}

/** A trace that cannot be replayed: where it is wrong, and how. */
export class TraceError extends Error {
  override readonly name = 'TraceError';

  constructor(source: string, line: number, problem: string) {
    super(line === 0 ? `${source}: ${problem}` : `${source}:${line}: ${problem}`);
  }
}
