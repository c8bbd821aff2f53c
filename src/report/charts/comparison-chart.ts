/**
 * The same requests under several settings: a panel for each measure, a line for each workload, a dot for each setting.
 */
import * as Plot from '@observablehq/plot';
import { bytes, count, percent, rate } from '../../quantity.ts';
import type { CompareRow } from '../../stress/results/stress-result.ts';
import { drawing, shortened, THIRD, tickOfRate } from './drawing.ts';
import { figure, type LegendEntry } from '../page/figure.ts';
import { html, type Markup } from '../page/markup.ts';
import { settingOf, standings } from './setting.ts';

const LINE_HEIGHT = 34;
const MEBIBYTE = 2 ** 20;
const NAME_LENGTH = 13;
const FIT_COLOURS = ['--series-1', '--series-2', '--series-3', '--series-4'] as const;

interface Measure {
  readonly title: string;
  readonly hint: string;
  readonly of: (row: CompareRow) => number;
  readonly shown: (value: number) => string;
}

const MEASURES: readonly Measure[] = [
  { title: 'Operations per second', hint: 'more is better', of: (row) => row.operationsPerSecond, shown: tickOfRate },
  {
    title: 'Peak memory used',
    hint: 'less is better',
    of: (row) => row.peakUsedBytes / MEBIBYTE,
    shown: (mebibytes) => `${mebibytes} MiB`,
  },
  {
    title: 'External fragmentation',
    hint: 'less is better',
    of: (row) => row.externalFragmentation * 100,
    shown: (share) => `${share} %`,
  },
];

/** @param rows - at least one */
export function comparisonFigure(rows: readonly CompareRow[]): Markup {
  return figure({
    title: 'Settings compared',
    caption: captionOf(rows),
    legend: comparisonLegend(rows),
    drawing: html`<div class="panels thirds">${MEASURES.map((measure) => measurePanel(rows, measure))}</div>`,
    numbers: {
      head: [
        'workload',
        'setting',
        'threads',
        'operations/s',
        'peak live',
        'peak used',
        'inside',
        'outside',
        'lock waits',
      ],
      textColumns: 2,
      rows: rows.map(rowOf),
    },
  });
}

function captionOf(rows: readonly CompareRow[]): string {
  const how =
    'One dot for each setting, on the same seed. Where slabs are on, the fit places whole slabs and large blocks only, ' +
    'so it matters less.';
  const [fastest] = standings(rows, (row) => 1 / row.operationsPerSecond);
  const [smallest] = standings(rows, (row) => row.peakUsedBytes);
  if (fastest === undefined || smallest === undefined) return how;
  const winners =
    fastest.setting === smallest.setting
      ? `${fastest.setting} was both the fastest and the most sparing`
      : `${fastest.setting} was the fastest, ${smallest.setting} the most sparing with memory`;
  return `Over all workloads, ${winners}. ${how}`;
}

function rowOf(row: CompareRow): string[] {
  return [
    row.workload,
    settingOf(row),
    count(row.threads),
    rate(row.operationsPerSecond),
    bytes(row.peakLiveBytes),
    bytes(row.peakUsedBytes),
    percent(row.internalFragmentation),
    percent(row.externalFragmentation),
    count(row.lockWaits),
  ];
}

function fitsOf(rows: readonly CompareRow[]): string[] {
  return [...new Set(rows.map(({ fit }) => fit))];
}

function colourOf(rows: readonly CompareRow[], fit: string): (typeof FIT_COLOURS)[number] {
  return FIT_COLOURS[fitsOf(rows).indexOf(fit) % FIT_COLOURS.length];
}

function comparisonLegend(rows: readonly CompareRow[]): Markup {
  const fits: LegendEntry[] = fitsOf(rows).map((fit) => ({ colour: colourOf(rows, fit), text: fit }));
  const items = fits.map(
    ({ colour, text }) => html`<li><span class="swatch" style="background:var(${colour})"></span>${text}</li>`,
  );
  return html`<ul class="legend">
    ${items}
    <li><span class="mark">●</span>with slabs</li>
    <li><span class="mark">◇</span>without</li>
  </ul>`;
}

function measurePanel(rows: readonly CompareRow[], measure: Measure): Markup {
  return html`<div class="panel">
    <h4>${measure.title} <small>${measure.hint}</small></h4>
    ${measureDrawing(rows, measure)}
  </div>`;
}

function measureDrawing(rows: readonly CompareRow[], { title, of, shown }: Measure): Markup {
  const workloads = [...new Set(rows.map(({ workload }) => workload))];
  const most = Math.max(...rows.map(of)) || 1;
  const dots = (slabs: boolean): Plot.Dot[] =>
    fitsOf(rows).map((fit) =>
      Plot.dot(
        rows.filter((row) => row.fit === fit && row.slabs === slabs),
        {
          y: 'workload',
          x: of,
          symbol: slabs ? 'circle' : 'diamond',
          r: 4.5,
          stroke: `var(${colourOf(rows, fit)})`,
          strokeWidth: 1.75,
          fill: slabs ? `var(${colourOf(rows, fit)})` : 'none',
          fillOpacity: 0.75,
        },
      ),
    );
  return drawing({
    ariaLabel: `${title} of ${workloads.length} workloads under ${new Set(rows.map(settingOf)).size} settings`,
    width: THIRD,
    height: workloads.length * LINE_HEIGHT + 34,
    marginLeft: 92,
    marginRight: 20,
    marginTop: 4,
    marginBottom: 26,
    x: { label: null, domain: [0, most], ticks: 3, tickFormat: (value: number) => shown(value), grid: true },
    y: { label: null, domain: workloads, tickSize: 0, tickFormat: (name: string) => shortened(name, NAME_LENGTH) },
    marks: [Plot.ruleY(workloads, { stroke: 'var(--line)' }), ...dots(false), ...dots(true)],
  });
}
