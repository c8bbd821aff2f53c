/**
 * How long each kind of call took, over all workloads: histograms with both axes logarithmic, so that one call in a
 * million is seen beside the many, and the percentiles marked.
 */
import * as Plot from '@observablehq/plot';
import { count, duration } from '../../quantity.ts';
import type { LatencyKind, LatencySummary, WorkloadResult } from '../../stress/results/stress-result.ts';
import { adaptiveDrawing, drawing, HALF, NARROW } from './drawing.ts';
import { figure, panelLine } from '../page/figure.ts';
import { coarsened, mergedLatencies, PERCENTILES, type MergedLatency } from './latency-sum.ts';
import { html, type Markup } from '../page/markup.ts';

const HEIGHT = 190;
const LABEL_HEIGHT = 14;
const LABELS_HEIGHT = PERCENTILES.length * LABEL_HEIGHT + 4;
/** Where bars begin on the logarithmic axis of counts: below one call. */
const FLOOR = 0.6;
const BARS_PER_DOUBLING = 4;
/** A label stands left of its mark where the mark is farther right than this. */
const LABEL_TURNS_AT = 0.75;
/** What a time on the axis takes, in pixels. */
const TICK_WIDTH = 56;
const KIND_NAMES: Readonly<Record<LatencyKind, string>> = {
  allocate: 'allocate',
  reallocate: 'reallocate',
  deallocate: 'deallocate',
  lockWait: 'wait for the lock',
};

type Domain = readonly [number, number];

/** @param runs - of which one at least has timed a call */
export function latencyFigure(runs: readonly WorkloadResult[]): Markup {
  const merged = mergedLatencies(runs);
  return figure({
    title: 'Latency by call',
    caption: captionOf(merged),
    drawing: latencyPanels(merged),
    numbers: {
      head: ['workload', 'call', 'p50', 'p99', 'p99.9', 'max', 'samples'],
      textColumns: 2,
      rows: runs.flatMap(rowsOf),
    },
  });
}

function captionOf(merged: readonly MergedLatency[]): string {
  const how =
    'How many calls took how long, over all workloads; both axes are logarithmic. Of calls, one in some dozens is timed; ' +
    'waits for the lock are timed all. The far tail is mostly the operating system’s, which has to stop threads when ' +
    'there are more of them than processors.';
  const allocate = merged.find(({ kind }) => kind === 'allocate');
  if (allocate === undefined) return how;
  const { p50, p99 } = allocate;
  return `Half of the allocations took at most ${duration(p50)}, 99 of 100 at most ${duration(p99)}. ${how}`;
}

function rowsOf({ name, latencies }: WorkloadResult): string[][] {
  const timed = Object.entries(latencies).filter(([, { samples }]) => samples > 0);
  return timed.map(([kind, summary]) => rowOf(name, kind as LatencyKind, summary));
}

function rowOf(name: string, kind: LatencyKind, { p50, p99, p999, max, samples }: LatencySummary): string[] {
  return [name, KIND_NAMES[kind], ...[p50, p99, p999, max].map(duration), count(samples)];
}

/** All panels have the same axis of time, so that they can be compared with each other. */
function latencyPanels(merged: readonly MergedLatency[]): Markup {
  const buckets = merged.flatMap((latency) => coarsened(latency.buckets, BARS_PER_DOUBLING));
  const from = Math.min(...buckets.map((bucket) => bucket.from));
  const domain = [from, Math.max(...buckets.map((bucket) => bucket.to))] as const;
  const panels = merged.map(
    (latency) =>
      html`<div class="panel">
        <h4>${KIND_NAMES[latency.kind]} <small>${count(latency.samples)} timed</small></h4>
        ${adaptiveDrawing((width) => histogram(latency, domain, width), HALF, NARROW)}
      </div>`,
  );
  return panelLine('halves', panels, 'Latencies by call');
}

function histogram(latency: MergedLatency, [from, to]: Domain, width: number): Markup {
  const { kind, samples } = latency;
  const buckets = coarsened(latency.buckets, BARS_PER_DOUBLING);
  const most = Math.max(10, ...buckets.map((bucket) => bucket.count));
  const labels = PERCENTILES.map(({ key, name }) => `${name} ${duration(latency[key])}`);
  return drawing({
    ariaLabel: `Histogram of ${count(samples)} timings of ${KIND_NAMES[kind]}: ${labels.join(', ')}`,
    width,
    height: HEIGHT,
    marginLeft: 44,
    marginRight: 18,
    marginTop: LABELS_HEIGHT,
    marginBottom: 26,
    x: {
      type: 'log',
      domain: [from, to],
      label: null,
      ticks: powersOfTen(from, to, width / TICK_WIDTH),
      tickFormat: duration,
    },
    y: {
      type: 'log',
      domain: [FLOOR, most],
      label: null,
      ticks: powersOfTen(1, most, 3),
      tickFormat: '~s',
      grid: true,
    },
    marks: [
      Plot.rect(buckets, {
        x1: 'from',
        x2: 'to',
        y1: FLOOR,
        y2: 'count',
        fill: 'var(--series-1)',
        insetRight: 0.5,
      }),
      ...PERCENTILES.map(({ key }, index) => percentileLine(latency[key], index)),
      ...PERCENTILES.map(({ key }, index) => percentileLabel(latency[key], labels[index], index, [from, to])),
    ],
  });
}

/** How far above the histogram the label of a percentile stands: each at a height of its own, so that none meet. */
function labelHeight(index: number): number {
  return LABELS_HEIGHT - 4 - index * LABEL_HEIGHT;
}

function percentileLine(at: number, index: number): Plot.Markish {
  return Plot.ruleX([at], { stroke: 'var(--accent)', strokeWidth: 1.5, insetTop: -labelHeight(index) });
}

function percentileLabel(at: number, label: string, index: number, [from, to]: Domain): Plot.Markish {
  const isFarRight = Math.log(at / from) / Math.log(to / from) > LABEL_TURNS_AT;
  return Plot.text([label], {
    x: () => at,
    frameAnchor: 'top',
    dy: LABEL_HEIGHT / 2 - 1 - labelHeight(index),
    dx: isFarRight ? -5 : 5,
    textAnchor: isFarRight ? 'end' : 'start',
    fill: 'var(--accent-text)',
    stroke: 'var(--page)',
    strokeWidth: 4,
  });
}

/** Those from `from` to `to`; only every other, or every third, … where they are more than `most`. */
function powersOfTen(from: number, to: number, most: number): number[] {
  const first = Math.ceil(Math.log10(from));
  const decades = Math.floor(Math.log10(to)) - first + 1;
  const step = Math.ceil(decades / most);
  return Array.from({ length: Math.ceil(decades / step) }, (_, index) => 10 ** (first + index * step));
}
