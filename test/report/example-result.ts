/** Results as runs have them, made up from a few numbers, so that every chart has something to draw. */
import type { HeapCell } from '../../src/inspect/heap-cells.ts';
import { sum } from '../../src/sum.ts';
import { seeded, Xorshift32 } from '../../src/xorshift.ts';
import type {
  CompareResult,
  CompareRow,
  LatencySummary,
  MemorySample,
  StressResult,
  TimedHeapMap,
  WorkloadResult,
} from '../../src/stress/results/stress-result.ts';

const MEBIBYTE = 2 ** 20;
const WORKLOADS: readonly [
  name: string,
  kind: WorkloadResult['kind'],
  threads: number,
  mebibytes: number,
  rate: number,
][] = [
  ['pythreads', 'trace', 9, 12, 2_400_000],
  ['sqlite', 'trace', 4, 3, 1_700_000],
  ['larson', 'workload', 4, 20, 1_450_000],
  ['mstress', 'workload', 4, 34, 980_000],
  ['xmalloc-test', 'workload', 4, 9, 610_000],
];

export function exampleResult(overrides: Partial<StressResult> = {}): StressResult {
  const runs = WORKLOADS.map(([name, kind, threads, mebibytes, rate]) =>
    exampleRun(name, kind, threads, mebibytes, rate),
  );
  return {
    verdict: 'held',
    operations: sum(runs.map(({ operations }) => operations)),
    violations: 0,
    deaths: 0,
    seconds: 20.7,
    seed: 2_718_281_828,
    command: 'npx threadheap stress --threads 4 --seconds 20 --fit first-fit --seed 2718281828',
    fit: 'first-fit',
    slabs: true,
    node: 'v22.23.3',
    cpus: 8,
    interrupted: false,
    detection: [
      {
        of: 'operations',
        trials: 28_560_000,
        oneIn: 10_000_000,
        probability: 0.94,
        text: '28,560,000 operations: a fault that strikes one operation in 10,000,000 would have been seen with 94 %',
      },
    ],
    runs,
    leftOut: [],
    ...overrides,
  };
}

export function exampleRun(
  name: string,
  kind: WorkloadResult['kind'] = 'workload',
  threads = 4,
  mebibytes = 8,
  rate = 1_000_000,
): WorkloadResult {
  const random = new Xorshift32(seeded(name.length * 7919 + threads, 0));
  const share = (spread: number): number => 1 - spread + (random.below(1000) / 1000) * spread;
  const shares = Array.from({ length: threads }, () => share(0.4));
  const total = sum(shares);
  const heapMap = exampleMap(mebibytes * MEBIBYTE, share);
  return {
    kind,
    name,
    threads,
    copies: 1,
    rounds: 12,
    emptyRounds: 12,
    operations: rate * 4,
    seconds: 4,
    operationsPerSecond: rate,
    peakLiveBytes: heapMap.liveBytes,
    peakUsedBytes: heapMap.usedBytes,
    byteLength: heapMap.byteLength,
    internalFragmentation: 1 - heapMap.liveBytes / heapMap.usedBytes,
    externalFragmentation: 0.21,
    lockWaits: 512,
    lockSeizures: 0,
    remoteFrees: 80_000,
    latencies: {
      allocate: exampleLatency(180, 60_000),
      reallocate: kind === 'trace' ? exampleLatency(260, 9000) : exampleLatency(0, 0),
      deallocate: exampleLatency(160, 60_000),
      lockWait: exampleLatency(9000, 500),
    },
    perThread: shares.map((each, thread) => ({
      thread,
      operations: Math.round((rate * 4 * each) / total),
      operationsPerSecond: (rate * each) / total,
      remoteFrees: 20_000,
      lockWaits: 128,
    })),
    memory: exampleMemory(heapMap),
    heapMap,
    kills: null,
    violations: 0,
    firstViolations: [],
  };
}

/** Most calls near `typical`, ever fewer from there on; empty when nothing was timed. */
export function exampleLatency(typical: number, samples: number): LatencySummary {
  const buckets = Array.from({ length: samples === 0 ? 0 : 120 }, (_, index) => {
    const from = (typical / 2) * 2 ** (index / 8);
    const distance = (index - 8) / (index < 8 ? 3 : 9);
    const bulk = (samples / 12) * Math.exp(-(distance ** 2));
    const tail = samples / 200 / 2 ** (index / 9);
    return { from, to: (typical / 2) * 2 ** ((index + 1) / 8), count: Math.floor(bulk + tail) };
  }).filter(({ count }) => count > 0);
  const max = buckets.at(-1)?.to ?? 0;
  return { samples, p50: typical, p99: typical * 12, p999: typical * 160, max, buckets };
}

function exampleMemory({ byteLength, usedBytes, liveBytes }: TimedHeapMap): MemorySample[] {
  return Array.from({ length: 42 }, (_, index) => {
    const fill = Math.min(1, (index % 14) / 5) * (index % 14 === 13 ? 0.1 : 1);
    return {
      seconds: index / 10,
      liveBytes: liveBytes * fill,
      usedBytes: usedBytes * Math.min(1, fill * 1.05),
      committedBytes: byteLength * Math.min(1, 0.5 + Math.floor(index / 3) * 0.25),
      externalFragmentation: 0.1 + 0.1 * fill,
    };
  });
}

function exampleMap(byteLength: number, share: (spread: number) => number): TimedHeapMap {
  const cellBytes = byteLength / 512;
  const cells = Array.from({ length: 512 }, (_, index): HeapCell => {
    const isLarge = Math.floor(index / 7) % 4 === 3;
    const filled = index > 440 ? 0 : cellBytes * share(index % 11 === 0 ? 1 : 0.25);
    const held = isLarge || index > 440 ? 0 : (cellBytes - filled) * share(0.6);
    const live = isLarge ? [0, 0, 0, filled] : [filled / 2, filled / 2, 0, 0];
    return { live, inSlots: isLarge ? 0 : filled, free: cellBytes - filled - held, held };
  });
  const sizes = [16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024, 2048, 4096, 8192];
  return {
    seconds: 2.4,
    byteLength,
    usedBytes: byteLength - sum(cells.map(({ free }) => free)),
    liveBytes: sum(cells.flatMap(({ live }) => live)),
    blocks: [
      ...sizes.map((upTo, index) => ({
        kind: 'slot' as const,
        upTo,
        count: 9000 >> (index / 2),
        bytes: (9000 >> (index / 2)) * upTo,
      })),
      { kind: 'block', upTo: 16_384, count: 40, bytes: 600_000 },
      { kind: 'block', upTo: 65_536, count: 9, bytes: 520_000 },
    ],
    freeRuns: [
      { kind: 'free', upTo: 2048, count: 31, bytes: 60_000 },
      { kind: 'free', upTo: 16_384, count: 12, bytes: 150_000 },
      { kind: 'free', upTo: 1_048_576, count: 1, bytes: 900_000 },
    ],
    cellBytes,
    cells,
  };
}

export function exampleComparison(overrides: Partial<CompareResult> = {}): CompareResult {
  const fits = ['first-fit', 'best-fit', 'next-fit', 'worst-fit'];
  const rows = WORKLOADS.flatMap(([workload, , threads, mebibytes, rate]) =>
    fits.flatMap((fit, index) =>
      [true, false].map((slabs) => exampleRow({ workload, fit, slabs, threads }, index, mebibytes, rate)),
    ),
  );
  return {
    verdict: 'held',
    violations: 0,
    seconds: 81.2,
    seed: 31_415,
    command: 'npx threadheap compare --threads 4 --seconds 80 --seed 31415',
    node: 'v22.23.3',
    cpus: 8,
    interrupted: false,
    rows,
    ...overrides,
  };
}

function exampleRow(
  setting: Pick<CompareRow, 'workload' | 'fit' | 'slabs' | 'threads'>,
  index: number,
  mebibytes: number,
  rate: number,
): CompareRow {
  const speed = (setting.slabs ? 1 : 0.35) * (1 - index * 0.04);
  const peakLiveBytes = mebibytes * MEBIBYTE * 0.6;
  return {
    ...setting,
    operations: rate * speed,
    seconds: 1,
    operationsPerSecond: rate * speed,
    peakLiveBytes,
    peakUsedBytes: peakLiveBytes * (setting.slabs ? 1.3 : 1.05 + index * 0.06),
    internalFragmentation: setting.slabs ? 0.23 : 0.05,
    externalFragmentation: 0.08 + index * 0.11 + (setting.slabs ? 0 : 0.12),
    lockWaits: setting.slabs ? 120 : 52_000,
    violations: 0,
  };
}
