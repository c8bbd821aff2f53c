/**
 * What the threads of one round share: the heap, and what they know of its blocks.
 *
 *   places     blocks that nobody holds, by their granule; 0 is an empty place. Who exchanges one has the block
 *   records    identity and usable bytes of the block that starts at a granule; written by who has the block
 *   shadow     who covers which granule, so that two live blocks over the same memory are found (src/stress/oracles)
 *   tallies    one word for each kind of event, added to by all
 *
 * Every byte of a block in a place follows from its identity. A block that a thread has in its hands when it ends stays
 * allocated and stands in no place: such strays are counted against the deaths of the round.
 */
import type { FitStrategy, FreeRun, HeapHandle, MemoryManagerOptions } from '../../src/index.ts';
import { GRANULE_BYTES, ShadowMap } from '../../src/stress/oracles/shadow-map.ts';
import { seeded, Xorshift32 } from '../../src/xorshift.ts';

export const KIB = 1024;
export const PLACES = 96;

/** Words of the tallies. */
export const Tally = {
  CALLS: 0,
  WILD_CALLS: 1,
  FULL: 2,
  DETACHES: 3,
  /** Promises that ended with DETACHED or the signal's reason. */
  CANCELLED: 4,
  /** Calls that a stack overflow or a timeout of `vm` cut off: each may leave one block in nobody's hands. */
  CUTS: 5,
  IDENTITY: 6,
  STOP: 7,
  END: 8,
} as const;

/** What a round is like; follows from its seed. */
export interface RoundSettings {
  readonly seed: number;
  readonly blockSize: number;
  readonly options: Omit<MemoryManagerOptions, 'fit' | 'liveness'>;
  /** A built-in fit, or the name of one in `OWN_FITS`. */
  readonly fit: string;
  readonly threads: number;
  readonly milliseconds: number;
  /** Mean time between two terminations; 0 for none. */
  readonly killEveryMs: number;
  /** Whether threads cut their own calls off. */
  readonly cuts: boolean;
}

/** What a thread of a round is given. */
export interface Shared {
  readonly handle: HeapHandle;
  readonly settings: RoundSettings;
  readonly places: Int32Array<SharedArrayBuffer>;
  readonly records: Int32Array<SharedArrayBuffer>;
  readonly shadow: SharedArrayBuffer;
  readonly tallies: Int32Array<SharedArrayBuffer>;
}

export function settingsOf(seed: number): RoundSettings {
  const random = new Xorshift32(seeded(seed, 0));
  const pick = <T>(all: readonly T[]): T => all[random.below(all.length)];
  const [blockSize, maxByteLength] = pick([
    [64 * KIB, 64 * KIB],
    [64 * KIB, 64 * KIB],
    [256 * KIB, 256 * KIB],
    [4 * KIB, 512 * KIB],
    [64 * KIB, 4 * KIB * KIB],
    [1001, 300_001],
    [2 * KIB * KIB, 2 * KIB * KIB],
  ]);
  return {
    seed,
    blockSize,
    options: { maxByteLength, slabs: random.below(3) > 0, maxThreads: pick([12, 16, 64]) },
    fit: pick(['first-fit', 'best-fit', 'next-fit', 'worst-fit', ...OWN_FITS.map(({ name }) => name)]),
    threads: 3 + random.below(2),
    milliseconds: 500 + random.below(2500),
    killEveryMs: pick([0, 0, 30, 100, 400]),
    cuts: random.below(3) === 0,
  };
}

export function newShared(handle: HeapHandle, settings: RoundSettings): Shared {
  const granules = Math.ceil(handle.buffer.maxByteLength / GRANULE_BYTES);
  return {
    handle,
    settings,
    places: new Int32Array(new SharedArrayBuffer(4 * PLACES)),
    records: new Int32Array(new SharedArrayBuffer(8 * granules)),
    shadow: ShadowMap.reserve(handle.buffer.maxByteLength),
    tallies: new Int32Array(new SharedArrayBuffer(4 * Tally.END)),
  };
}

/** What the fit `unruly` throws. */
export const UNRULY = 'thrown by a fit';
let choices = 0;

/** Fits of the user's. The second one errs at times, which must leave the heap as it was. */
export const OWN_FITS: readonly FitStrategy[] = [
  { name: 'last', choose: (runs, unitCount) => [...runs.all()].findLast((run) => run.unitCount >= unitCount) },
  {
    name: 'unruly',
    choose(runs, unitCount) {
      const turn = choices++ % 40;
      if (turn === 7) throw new Error(UNRULY);
      if (turn === 17) return { address: 4096 + 16 * choices, unitCount } satisfies FreeRun;
      if (turn === 27) return { address: Number.NaN, unitCount: '1' as unknown as number };
      if (turn === 37) return undefined;
      return turn % 2 === 0 ? runs.smallestAtLeast(unitCount) : runs.largest();
    },
  },
];
