/**
 * How long the calls into the heap and the waits for its lock take: one histogram for each, in nanoseconds, shared
 * live by all workers.
 *
 *   words[0]        the longest, see `encoded`
 *   words[1 + i]    how many fell into bucket i; sixteen buckets to each doubling, so a percentile is exact to 3 %
 *
 * Reading the clock costs more than many an allocation, so only one call in SAMPLE_PERIOD is timed. The period is a
 * prime, so that it does not fall in step with a workload's own rhythm. Waits are rare and slow: all are timed.
 */
import { performance } from 'node:perf_hooks';
import { sum } from '../../sum.ts';
import type { Latencies, LatencyBucket, LatencyKind, LatencySummary } from '../results/stress-result.ts';

const SAMPLE_PERIOD = 61;
const LONGEST = 0;
const FIRST_BUCKET = 1;
const PER_DOUBLING = 16;
const DOUBLINGS = 40;
/** From here on the longest is kept in microseconds, so that it fits a word. */
const NANOSECONDS_UP_TO = 2 ** 30;

/** One buffer for each kind, to be posted to workers. */
export type Histograms = { readonly [kind in LatencyKind]: SharedArrayBuffer };

export function createHistograms(): Histograms {
  return { allocate: reserve(), reallocate: reserve(), deallocate: reserve(), lockWait: reserve() };
}

function reserve(): SharedArrayBuffer {
  return new SharedArrayBuffer((FIRST_BUCKET + DOUBLINGS * PER_DOUBLING) * 4);
}

export function summarize(histograms: Histograms): Latencies {
  return {
    allocate: new LatencyHistogram(histograms.allocate).summary(),
    reallocate: new LatencyHistogram(histograms.reallocate).summary(),
    deallocate: new LatencyHistogram(histograms.deallocate).summary(),
    lockWait: new LatencyHistogram(histograms.lockWait).summary(),
  };
}

export class LatencyHistogram {
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  record(milliseconds: number): void {
    const nanoseconds = Math.max(1, Math.round(milliseconds * 1e6));
    Atomics.add(this.#words, FIRST_BUCKET + bucketOf(nanoseconds), 1);
    const code = encoded(nanoseconds);
    let longest = Atomics.load(this.#words, LONGEST);
    while (code > longest) {
      const seen = Atomics.compareExchange(this.#words, LONGEST, longest, code);
      if (seen === longest) break;
      longest = seen;
    }
  }

  summary(): LatencySummary {
    const buckets = this.#buckets();
    const samples = sum(buckets.map(({ count }) => count));
    const max = decoded(Atomics.load(this.#words, LONGEST));
    const at = (share: number): number => percentile(buckets, samples * share, max);
    return { samples, p50: at(0.5), p99: at(0.99), p999: at(0.999), max, buckets };
  }

  #buckets(): LatencyBucket[] {
    const buckets: LatencyBucket[] = [];
    for (let bucket = 0; bucket < DOUBLINGS * PER_DOUBLING; bucket++) {
      const count = Atomics.load(this.#words, FIRST_BUCKET + bucket);
      if (count > 0) buckets.push({ from: startOf(bucket), to: startOf(bucket + 1), count });
    }
    return buckets;
  }
}

/** The middle of the bucket in which the call of this rank lies. */
function percentile(buckets: readonly LatencyBucket[], rank: number, max: number): number {
  let below = 0;
  for (const { from, to, count } of buckets) {
    below += count;
    if (below >= rank) return Math.min(max, Math.round((from + to) / 2));
  }
  return max;
}

function bucketOf(nanoseconds: number): number {
  const doubling = Math.floor(Math.log2(nanoseconds));
  const part = Math.floor((nanoseconds / 2 ** doubling - 1) * PER_DOUBLING);
  return Math.min(DOUBLINGS * PER_DOUBLING - 1, doubling * PER_DOUBLING + part);
}

function startOf(bucket: number): number {
  return 2 ** Math.floor(bucket / PER_DOUBLING) * (1 + (bucket % PER_DOUBLING) / PER_DOUBLING);
}

/** Rises with the time: nanoseconds up to about a second, then microseconds. */
function encoded(nanoseconds: number): number {
  if (nanoseconds <= NANOSECONDS_UP_TO) return nanoseconds;
  return NANOSECONDS_UP_TO + Math.min(NANOSECONDS_UP_TO - 1, Math.ceil((nanoseconds - NANOSECONDS_UP_TO) / 1000));
}

function decoded(code: number): number {
  return code <= NANOSECONDS_UP_TO ? code : NANOSECONDS_UP_TO + (code - NANOSECONDS_UP_TO) * 1000;
}

/** Says which calls to time. */
export class LatencySampler {
  #countdown: number;

  /** @param phase - any whole number: how far into the period to begin */
  constructor(phase: number) {
    this.#countdown = 1 + ((phase >>> 0) % SAMPLE_PERIOD);
  }

  /** The present time when the next call is to be timed, otherwise 0. */
  start(): number {
    if (--this.#countdown > 0) return 0;
    this.#countdown = SAMPLE_PERIOD;
    return performance.now();
  }

  /** @param startMs - what `start` gave, not 0 */
  record(histogram: LatencyHistogram, startMs: number): void {
    histogram.record(performance.now() - startMs);
  }
}
