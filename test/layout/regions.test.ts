import { describe, expect, test } from 'vitest';
import {
  BASE_ALIGNMENT,
  bitmapLevelSizes,
  Guarded,
  Header,
  levelSizes,
  Lock,
  Option,
  placeRegions,
  Root,
  SLAB_UNIT_BYTES,
  ThreadSlot,
  type LayoutParameters,
  type Region,
} from '../../src/layout/regions.ts';
import { BYTES_PER_WORD, byteOffsetOf, CACHE_LINE_WORDS, type WordIndex } from '../../src/layout/units.ts';

/** Regions that only heaps with slabs have. */
const SLAB_REGIONS = new Set(['slab starts', 'slab classes', 'slab owners', 'slot states']);

/** What lies at a fixed place, as regions. */
const FIXED: Region[] = [
  { name: 'header', start: 0 as WordIndex, wordCount: Header.END },
  { name: 'root', start: Root.VALUE as WordIndex, wordCount: Root.END - Root.VALUE },
  { name: 'lock', start: Lock.OWNER as WordIndex, wordCount: Lock.END - Lock.OWNER },
  { name: 'guarded', start: Guarded.DIRTY as WordIndex, wordCount: Guarded.END - Guarded.DIRTY },
];

function allRegions(parameters: LayoutParameters): { regions: Region[]; base: number } {
  const { base, ...placed } = placeRegions(parameters);
  return { regions: [...FIXED, ...Object.values(placed)].toSorted((a, b) => a.start - b.start), base };
}

/** One line per region: name, first byte, bytes. */
function printed(parameters: LayoutParameters): string {
  const { regions, base } = allRegions(parameters);
  const rows = regions.map(({ name, start, wordCount }) => [name, byteOffsetOf(start), wordCount * BYTES_PER_WORD]);
  const end = base + parameters.unitLimit * parameters.unitBytes;
  return [...rows, ['user bytes', base, end - base]]
    .map(
      ([name, start, length]) =>
        `${String(name).padEnd(17)}${String(start).padStart(11)}${String(length).padStart(12)}`,
    )
    .join('\n');
}

/** The first and the last cache line of a region. */
function linesOf({ start, wordCount }: Region): number[] {
  return [start, start + wordCount - 1].map((word) => Math.floor(word / CACHE_LINE_WORDS));
}

const PARAMETERS: LayoutParameters[] = [
  { unitBytes: 16, unitLimit: 1, maxThreads: 1 },
  { unitBytes: 16, unitLimit: 65_536, maxThreads: 64 },
  { unitBytes: 16, unitLimit: 65_537, maxThreads: 3 },
  { unitBytes: 1024, unitLimit: 1_048_576, maxThreads: 1023 },
  { unitBytes: 16, unitLimit: 2 ** 30 - 1, maxThreads: 64 },
];

describe('the layout', () => {
  test('of a heap of one unit is the frozen one', () => {
    expect(printed({ unitBytes: 16, unitLimit: 1, maxThreads: 1 })).toMatchInlineSnapshot(`
      "header                     0         128
      root                     128          64
      lock                     256          64
      guarded                  320         128
      thread slots             448          64
      block map                512           4
      head bitmap              576           4
      free-list table          640          16
      bins                     704           8
      bin bitmap               768           4
      longest-run tree         832           4
      slab starts              896           0
      slab classes             896           0
      slab owners              896           0
      slot states              896           0
      labels                   896           0
      user bytes             65536          16"
    `);
  });

  test('of a heap of 1 MiB for 64 threads is the frozen one', () => {
    expect(printed({ unitBytes: 16, unitLimit: 65_536, maxThreads: 64 })).toMatchInlineSnapshot(`
      "header                     0         128
      root                     128          64
      lock                     256          64
      guarded                  320         128
      thread slots             448        4096
      block map               4544      262144
      head bitmap           266688        8460
      free-list table       275200      524288
      bins                  799488      262148
      bin bitmap           1061696        8472
      longest-run tree     1070208        9364
      slab starts          1079616           0
      slab classes         1079616           0
      slab owners          1079616           0
      slot states          1079616           0
      labels               1079616           0
      user bytes           1114112     1048576"
    `);
  });

  test('of a heap of 1 MiB with slabs is the frozen one', () => {
    expect(printed({ unitBytes: SLAB_UNIT_BYTES, unitLimit: 1024, maxThreads: 64 })).toMatchInlineSnapshot(`
      "header                     0         128
      root                     128          64
      lock                     256          64
      guarded                  320         128
      thread slots             448        4096
      block map               4544        4096
      head bitmap             8640         132
      free-list table         8832        8192
      bins                   17024        4100
      bin bitmap             21184         144
      longest-run tree       21376         148
      slab starts            21568        4096
      slab classes           25664        4096
      slab owners            29760        4096
      slot states            33856      131072
      labels                164928           0
      user bytes            196608     1048576"
    `);
  });

  test('of the largest heap is the frozen one', () => {
    expect(printed({ unitBytes: 16, unitLimit: 2 ** 30 - 1, maxThreads: 1023 })).toMatchInlineSnapshot(`
      "header                     0         128
      root                     128          64
      lock                     256          64
      guarded                  320         128
      thread slots             448       65472
      block map              65920  4294967292
      head bitmap       4295033216   138547332
      free-list table   4433580608  8589934592
      bins             13023515200  4294967296
      bin bitmap       17318482496   138547332
      longest-run tree 17457029888   153391692
      slab starts      17610421632           0
      slab classes     17610421632           0
      slab owners      17610421632           0
      slot states      17610421632           0
      labels           17610421632           0
      user bytes       17610440704 17179869168"
    `);
  });

  test('of the words at fixed places is the frozen one', () => {
    expect({ Header, Root, Lock, Guarded, ThreadSlot }).toMatchInlineSnapshot(`
      {
        "Guarded": {
          "DIRTY": 80,
          "END": 112,
          "FREE_RUNS": 84,
          "LOCK_SEIZURES": 87,
          "LOCK_WAITS": 86,
          "ORPHANS": 96,
          "PEAK_USED_UNITS": 83,
          "PENDING_HEAD": 88,
          "PENDING_WORD": 89,
          "ROVER": 85,
          "UNIT_COUNT": 81,
          "USED_UNITS": 82,
        },
        "Header": {
          "CHECKSUM": 26,
          "END": 32,
          "FIT_NAME": 8,
          "HEAP_ID": 2,
          "KIND": 25,
          "LOCK_TIMEOUT_MS": 7,
          "MAGIC": 0,
          "MAX_THREADS": 6,
          "OPTIONS": 24,
          "QUARANTINE": 27,
          "SPARE": 28,
          "UNIT_BYTES": 4,
          "UNIT_LIMIT": 5,
          "VERSION": 1,
        },
        "Lock": {
          "END": 80,
          "MOVES": 66,
          "OWNER": 64,
          "TURN": 65,
        },
        "Root": {
          "END": 48,
          "NAMED": 34,
          "TAGS": 36,
          "TYPES": 38,
          "VALUE": 32,
        },
        "ThreadSlot": {
          "CLAIM": 0,
          "LINGERING": 5,
          "PROBE": 6,
          "QUESTION": 3,
          "VOUCHED": 4,
          "WORDS": 16,
          "WORKER_ID": 2,
        },
      }
    `);
  });
});

const WITH_AND_WITHOUT_LABELS: (LayoutParameters & { options: number })[] = [0, Option.LABELS].flatMap((options) =>
  PARAMETERS.map((parameters) => ({ ...parameters, options })),
);
const regionsFor = 'regions for $unitLimit units of $unitBytes bytes, $maxThreads threads and options $options';

describe.each(WITH_AND_WITHOUT_LABELS)(regionsFor, (parameters) => {
  const { regions, base } = allRegions(parameters);
  const hasLabels = parameters.options === Option.LABELS;

  test('neither overlap nor leave the metadata', () => {
    const ends = regions.map(({ start, wordCount }) => start + wordCount);
    for (const [index, region] of regions.entries()) {
      const isUnused =
        (SLAB_REGIONS.has(region.name) && parameters.unitBytes !== SLAB_UNIT_BYTES) ||
        (region.name === 'labels' && !hasLabels);
      expect(region.wordCount === 0).toBe(isUnused);
      expect(region.start).toBeGreaterThanOrEqual(index === 0 ? 0 : ends[index - 1]);
    }
    expect(base).toBeGreaterThanOrEqual(ends.at(-1)! * BYTES_PER_WORD);
  });

  test('never share a cache line', () => {
    const lines = regions.flatMap(linesOf);
    for (let index = 2; index < lines.length; index += 2) expect(lines[index]).toBeGreaterThan(lines[index - 1]);
  });

  test('leave user bytes at a multiple of the greatest alignment', () => {
    expect(base % BASE_ALIGNMENT).toBe(0);
  });
});

test('thread slots have a cache line each', () => {
  expect(ThreadSlot.WORDS % CACHE_LINE_WORDS).toBe(0);
  expect(placeRegions({ unitBytes: 16, unitLimit: 10, maxThreads: 7 }).threadSlots.wordCount).toBe(
    7 * ThreadSlot.WORDS,
  );
});

test('64-bit words start at multiples of 8 bytes', () => {
  expect((Root.VALUE * BYTES_PER_WORD) % 8).toBe(0);
  for (const parameters of PARAMETERS) {
    expect(byteOffsetOf(placeRegions(parameters).threadSlots.start) % 8).toBe(0);
  }
});

test('levels of a tree shrink by its arity down to one node', () => {
  expect(levelSizes(1, 8)).toEqual([1]);
  expect(levelSizes(65, 8)).toEqual([65, 9, 2, 1]);
  expect(levelSizes(0, 8)).toEqual([1]);
  expect(bitmapLevelSizes(32 * 32 + 1)).toEqual([33, 2, 1]);
});
