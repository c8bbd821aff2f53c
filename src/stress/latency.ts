/**
 * How long the calls into the heap take: one histogram per kind of call, in nanoseconds, shared live by all workers.
 *
 * Reading the clock costs more than many an allocation, so only one call in SAMPLE_PERIOD is timed. The period is a
 * prime, so that it does not fall in step with a workload's own rhythm.
 */
import { createHistogram, performance, type RecordableHistogram } from 'node:perf_hooks';

const SAMPLE_PERIOD = 61;

export interface Histograms {
  readonly allocate: RecordableHistogram;
  readonly reallocate: RecordableHistogram;
  readonly deallocate: RecordableHistogram;
}

/** Nanoseconds, of the calls that were timed. */
export interface LatencySummary {
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export type Latencies = { readonly [kind in keyof Histograms]: LatencySummary };

/** Posted to workers, a histogram stays one and the same. */
export function createHistograms(): Histograms {
  return { allocate: createHistogram(), reallocate: createHistogram(), deallocate: createHistogram() };
}

export function summarize(histograms: Histograms): Latencies {
  return {
    allocate: summaryOf(histograms.allocate),
    reallocate: summaryOf(histograms.reallocate),
    deallocate: summaryOf(histograms.deallocate),
  };
}

function summaryOf(histogram: RecordableHistogram): LatencySummary {
  if (histogram.count === 0) return { samples: 0, p50: 0, p99: 0, p999: 0, max: 0 };
  return {
    samples: histogram.count,
    p50: histogram.percentile(50),
    p99: histogram.percentile(99),
    p999: histogram.percentile(99.9),
    max: histogram.max,
  };
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
  record(histogram: RecordableHistogram, startMs: number): void {
    histogram.record(Math.max(1, Math.round((performance.now() - startMs) * 1e6)));
  }
}
