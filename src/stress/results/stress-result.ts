/**
 * What a stress run found out, as plain data: the tables show it, `--json` prints it as it is, the HTML report draws it.
 *
 * Sizes are in bytes, `…Seconds` and `seconds` in seconds, latencies in nanoseconds. Times within a run count from its
 * beginning. Nothing here is a class or a Map, so a result survives JSON unchanged.
 */
import type { HeapCells } from '../../inspect/heap-cells.ts';
import type { Violation } from './violation.ts';

export interface StressResult {
  readonly verdict: 'held' | 'violated';
  readonly operations: number;
  readonly violations: number;
  /** Workers that were terminated on purpose. */
  readonly deaths: number;
  readonly seconds: number;
  readonly seed: number;
  /** Repeats the run. */
  readonly command: string;
  readonly fit: string;
  readonly slabs: boolean;
  /** Node's version. */
  readonly node: string;
  readonly cpus: number;
  /** Whether it was ended before its time. */
  readonly interrupted: boolean;
  /** What a run of this length would have seen, for operations and, where threads died, for deaths; none beside a violation. */
  readonly detection: readonly DetectionPower[];
  /** One for each trace and workload that there was time for. */
  readonly runs: readonly WorkloadResult[];
  /** Names of those for which there was none. */
  readonly leftOut: readonly string[];
}

/** How likely it is that a fault which strikes now and then would have shown. */
export interface DetectionPower {
  readonly of: 'operations' | 'deaths';
  readonly trials: number;
  /** A fault of one in so many … */
  readonly oneIn: number;
  /** … would have been seen with this probability. */
  readonly probability: number;
  /** The same as one sentence. */
  readonly text: string;
}

/** One trace or workload, done for some rounds on one heap. */
export interface WorkloadResult {
  readonly kind: 'trace' | 'workload';
  readonly name: string;
  /** Streams at work at once, each a thread of its own. */
  readonly threads: number;
  /** Of a trace, replayed side by side. */
  readonly copies: number;
  readonly rounds: number;
  /** Rounds after which the heap was looked at and found empty and consistent. */
  readonly emptyRounds: number;
  readonly operations: number;
  /** While the workers were at work, without what lies between the rounds. */
  readonly seconds: number;
  readonly operationsPerSecond: number;
  /** Bytes as requested, of all copies. */
  readonly peakLiveBytes: number;
  /** Bytes as taken by the heap. */
  readonly peakUsedBytes: number;
  /** What the heap managed in the end; it may have grown. */
  readonly byteLength: number;
  /** 1 − peakLiveBytes / peakUsedBytes: the share of the used memory that nobody asked for. */
  readonly internalFragmentation: number;
  /** 1 − largest free run / all free bytes, when the heap was at its fullest as far as was seen; the worst of all rounds. */
  readonly externalFragmentation: number;
  /** Acquisitions of the heap's lock that had to wait. */
  readonly lockWaits: number;
  /** Acquisitions from an owner that was dead. */
  readonly lockSeizures: number;
  /** Blocks that were freed by another thread than the one that had them from the heap. */
  readonly remoteFrees: number;
  readonly latencies: Latencies;
  /** By stream; each is a thread, or several one after the other. */
  readonly perThread: readonly ThreadResult[];
  /** About ten a second. */
  readonly memory: readonly MemorySample[];
  /** The heap at its fullest, as far as was seen; `null` if nobody looked. */
  readonly heapMap: TimedHeapMap | null;
  /** `null` when no thread was to be terminated. */
  readonly kills: KillResult | null;
  readonly violations: number;
  /** Ten of them: the first of each kind, then the first of all others. */
  readonly firstViolations: readonly Violation[];
}

export type LatencyKind = 'allocate' | 'reallocate' | 'deallocate' | 'lockWait';

/** Of a sample of the calls; of every wait for the lock. */
export type Latencies = { readonly [kind in LatencyKind]: LatencySummary };

/** Nanoseconds. Percentiles are exact to 3 %, the maximum is exact. */
export interface LatencySummary {
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** From short to long, sixteen to each doubling; empty ones are left out. */
  readonly buckets: readonly LatencyBucket[];
}

/** How many calls took `from` ≤ t < `to` nanoseconds. */
export interface LatencyBucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface ThreadResult {
  readonly thread: number;
  readonly operations: number;
  readonly operationsPerSecond: number;
  readonly remoteFrees: number;
  readonly lockWaits: number;
}

export interface MemorySample {
  /** Since the run of this workload began. */
  readonly seconds: number;
  /** Requested by the workload. */
  readonly liveBytes: number;
  /** Taken from the heap's table: large blocks, whole slabs. */
  readonly usedBytes: number;
  /** Under management: what the heap has grown to. */
  readonly committedBytes: number;
  /** 1 − largest free run / all free bytes. */
  readonly externalFragmentation: number;
}

/** A heap at one moment: what lies in it, and where. */
export interface HeapMap extends Pick<HeapCells, 'byteLength' | 'cellBytes' | 'cells'> {
  readonly usedBytes: number;
  /** Usable bytes of live blocks. */
  readonly liveBytes: number;
  /** By usable size, from small to large; sizes beyond 8 KiB are gathered by doublings. */
  readonly blocks: readonly SizeCount[];
  /** Free runs of the table by length, gathered by doublings. */
  readonly freeRuns: readonly SizeCount[];
}

/** A map, and when it was taken. */
export interface TimedHeapMap extends HeapMap {
  /** Since the run of this workload began. */
  readonly seconds: number;
}

/** So many with more than the next smaller entry's and at most `upTo` bytes each. */
export interface SizeCount {
  readonly kind: 'slot' | 'block' | 'free';
  readonly upTo: number;
  readonly count: number;
  /** Of all of them. */
  readonly bytes: number;
}

/** What terminating threads did to the heap and to the others. */
export interface KillResult {
  readonly wanted: number;
  readonly deaths: number;
  readonly deathsPerSecond: number;
  /** The lock was taken from a dead thread. */
  readonly lockSeizures: number;
  /** The table was derived anew, because a change had been cut short. */
  readonly tablesRebuilt: number;
  /** Slabs whose owner had left or died, taken over by another thread. */
  readonly slabsAdopted: number;
  /** Deaths in the middle of a call to the heap. */
  readonly operationsInFlight: number;
  /** Blocks that such a call left allocated without a word to anyone: at most one per death. */
  readonly blocksInFlight: number;
  /** Blocks that were live when a round ended, of the dead too: each was found, verified and freed. */
  readonly blocksRecovered: number;
  /** Longest time that any thread waited for the lock. */
  readonly longestWaitMs: number;
}

/** What `threadheap compare` found out: the same requests under several settings. */
export interface CompareResult {
  readonly verdict: 'held' | 'violated';
  readonly violations: number;
  readonly seconds: number;
  readonly seed: number;
  readonly command: string;
  readonly node: string;
  readonly cpus: number;
  readonly interrupted: boolean;
  /** For each workload, one row per setting. */
  readonly rows: readonly CompareRow[];
}

export interface CompareRow {
  readonly workload: string;
  readonly fit: string;
  readonly slabs: boolean;
  readonly threads: number;
  readonly operations: number;
  /** While the workers were at work. */
  readonly seconds: number;
  readonly operationsPerSecond: number;
  readonly peakLiveBytes: number;
  readonly peakUsedBytes: number;
  readonly internalFragmentation: number;
  readonly externalFragmentation: number;
  readonly lockWaits: number;
  readonly violations: number;
}
