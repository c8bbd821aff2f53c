/**
 * Operations per second of each workload, as a bar with one piece per thread: the length is what all did together, the
 * pieces are of one length where the threads were served alike.
 */
import * as Plot from '@observablehq/plot';
import { count, rate } from '../../quantity.ts';
import type { WorkloadResult } from '../../stress/results/stress-result.ts';
import { sum } from '../../sum.ts';
import { adaptiveDrawing, drawing, shortened, tickOfRate, WIDE, ticksUpTo } from './drawing.ts';
import { figure } from '../page/figure.ts';
import type { Markup } from '../page/markup.ts';

const ROW_HEIGHT = 36;
const NAME_LENGTH = 14;
/** Pieces shorter than this share of the drawing bear no number. */
const LEAST_NUMBERED = 1 / 40;
const HEAD = [
  'workload',
  'threads',
  'operations',
  'per second',
  'slowest thread',
  'fastest thread',
  'remote frees',
  'lock waits',
];
const CAPTION =
  'Operations per second of all threads together; each piece of a bar is one thread. Where all have the same work, as in ' +
  'larson and churn, pieces of one length mean that none was kept waiting for the others; programs in traces, and ' +
  'mstress, give their threads unequal work. An operation is a call to the heap with the filling and verification of ' +
  'the block’s bytes: compare the bars with each other, and take the speed of the heap alone from the latencies below.';

/** One thread's piece of its workload's bar. */
interface Piece {
  readonly name: string;
  readonly thread: string;
  readonly from: number;
  readonly to: number;
}

/** @param runs - with distinct names */
export function throughputFigure(runs: readonly WorkloadResult[]): Markup {
  return figure({
    title: 'Throughput by threads',
    caption: CAPTION,
    drawing: adaptiveDrawing((width) => throughputDrawing(runs, width)),
    numbers: { head: HEAD, textColumns: 1, rows: runs.map(rowOf) },
  });
}

function rowOf(run: WorkloadResult): string[] {
  const rates = run.perThread.map(({ operationsPerSecond }) => operationsPerSecond);
  const shownRate = (value: number): string => (rates.length === 0 ? '–' : rate(value));
  return [
    run.name,
    count(run.threads),
    count(run.operations),
    rate(run.operationsPerSecond),
    shownRate(Math.min(...rates)),
    shownRate(Math.max(...rates)),
    count(run.remoteFrees),
    count(run.lockWaits),
  ];
}

function throughputDrawing(runs: readonly WorkloadResult[], width: number): Markup {
  const isWide = width === WIDE;
  const longest = Math.max(1, ...runs.map(({ operationsPerSecond }) => operationsPerSecond));
  const pieces = runs.flatMap(piecesOf);
  const numbered = pieces.filter(({ from, to }) => isWide && (to - from) / longest > LEAST_NUMBERED);
  return drawing({
    ariaLabel: `Bars of operations per second, with a piece for each thread, for ${runs.length} workloads`,
    width,
    height: 30 + runs.length * ROW_HEIGHT,
    marginLeft: isWide ? 112 : 96,
    marginRight: isWide ? 150 : 64,
    marginTop: 4,
    marginBottom: 26,
    x: {
      label: null,
      tickFormat: tickOfRate,
      ticks: ticksUpTo(longest, isWide ? 6 : 2),
      domain: [0, longest],
      grid: true,
    },
    y: {
      label: null,
      domain: runs.map(({ name }) => name),
      tickFormat: (name: string) => shortened(name, NAME_LENGTH),
      tickSize: 0,
      padding: 0.3,
    },
    marks: [
      Plot.barX(pieces, {
        y: 'name',
        x1: 'from',
        x2: 'to',
        fill: 'var(--series-1)',
        insetRight: isWide ? 1.5 : 0.75,
        rx: 2,
      }),
      Plot.text(numbered, {
        y: 'name',
        x: (piece: Piece) => (piece.from + piece.to) / 2,
        text: 'thread',
        fill: 'var(--page)',
      }),
      Plot.text(runs, {
        y: 'name',
        x: 'operationsPerSecond',
        text: (run: WorkloadResult) => totalOf(run, isWide),
        textAnchor: 'start',
        dx: 8,
      }),
      Plot.ruleX([0], { stroke: 'var(--line)' }),
    ],
  });
}

function totalOf({ operationsPerSecond, threads }: WorkloadResult, isWide: boolean): string {
  return isWide ? `${rate(operationsPerSecond)} on ${threads} threads` : rate(operationsPerSecond);
}

/** The bar cut in proportion to what each thread has done. */
function piecesOf({ name, perThread, operationsPerSecond }: WorkloadResult): Piece[] {
  const total = sum(perThread.map(({ operations }) => operations));
  if (total === 0) return [{ name, thread: '', from: 0, to: operationsPerSecond }];
  let done = 0;
  return perThread.map(({ thread, operations }) => {
    const from = (done / total) * operationsPerSecond;
    done += operations;
    return { name, thread: `${thread}`, from, to: (done / total) * operationsPerSecond };
  });
}
