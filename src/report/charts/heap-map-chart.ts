/**
 * Where things lay when a heap was fullest: its memory from the lowest address to the highest, in lines like those of a
 * page. Every column is a stretch of memory, filled from below with what it held.
 */
import * as Plot from '@observablehq/plot';
import { bytes, count, percent } from '../../quantity.ts';
import type { HeapCell } from '../../inspect/heap-cells.ts';
import type { HeapMap, SizeCount, TimedHeapMap, WorkloadResult } from '../../stress/results/stress-result.ts';
import { sum } from '../../sum.ts';
import { drawing, THIRD } from './drawing.ts';
import { figure, legendOf, panelLine } from '../page/figure.ts';
import { html, type Markup } from '../page/markup.ts';

const LINE_HEIGHT = 15;
const COLUMNS = 32;
/** Of a line's height, what its fillings may take; the rest sets lines apart. */
const FILLED_HEIGHT = 0.86;

const PARTS = [
  { part: 'slots', colour: '--slots', text: 'small blocks, in slabs' },
  { part: 'blocks', colour: '--blocks', text: 'large blocks' },
  { part: 'held', colour: '--held', text: 'kept by slabs for small blocks to come' },
  { part: 'free', colour: '--free', text: 'free' },
] as const;

type Part = (typeof PARTS)[number]['part'];

/** A corner of the outline of what fills one line; `x` in columns, `y` in lines. */
interface Corner {
  readonly line: number;
  readonly x: number;
  readonly y: number;
}

/** @param runs - with distinct names; those whose heap nobody looked at are left out */
export function heapMapFigure(runs: readonly WorkloadResult[]): Markup {
  const mapped = runs.flatMap(({ name, heapMap }) => (heapMap === null ? [] : [{ name, map: heapMap }]));
  return figure({
    title: 'The heap at its fullest',
    caption:
      'All memory of each heap, read like a page: left to right, then down; the numbers are offsets. The higher a ' +
      'colour fills its line, the more of that stretch it takes. Pale gaps among the colours are free memory in pieces.',
    legend: legendOf(PARTS),
    drawing: panelLine(
      'thirds',
      mapped.map(({ name, map }) => mapPanel(name, map)),
      'Maps of the heaps',
    ),
    numbers: {
      head: ['workload', 'at', 'committed', 'used', 'live', 'live blocks', 'free runs', 'largest blocks', 'free'],
      textColumns: 1,
      rows: mapped.map(({ name, map }) => rowOf(name, map)),
    },
  });
}

function rowOf(name: string, { seconds, byteLength, usedBytes, liveBytes, blocks, freeRuns }: TimedHeapMap): string[] {
  return [
    name,
    `${seconds.toFixed(1)} s`,
    bytes(byteLength),
    bytes(usedBytes),
    bytes(liveBytes),
    count(countOf(blocks)),
    count(countOf(freeRuns)),
    `up to ${bytes(Math.max(0, ...blocks.map(({ upTo }) => upTo)))}`,
    percent(byteLength === 0 ? 0 : 1 - usedBytes / byteLength),
  ];
}

function countOf(sizes: readonly SizeCount[]): number {
  return sum(sizes.map((entry) => entry.count));
}

function mapPanel(name: string, map: HeapMap): Markup {
  return html`<div class="panel">
    <h4>${name} <small>${bytes(map.usedBytes)} of ${bytes(map.byteLength)} used</small></h4>
    ${mapDrawing(name, map)}
  </div>`;
}

function mapDrawing(name: string, { cells, cellBytes, byteLength, usedBytes }: HeapMap): Markup {
  const lines = Math.ceil(cells.length / COLUMNS);
  const starts = Array.from({ length: lines }, (_, line) => line);
  return drawing({
    ariaLabel: `Map of the memory of ${name}: ${bytes(usedBytes)} of ${bytes(byteLength)} are used`,
    width: THIRD,
    height: lines * LINE_HEIGHT + 8,
    marginLeft: 58,
    marginRight: 2,
    marginTop: 4,
    marginBottom: 4,
    x: { axis: null, domain: [0, COLUMNS] },
    y: { axis: null, domain: [lines, 0] },
    marks: [
      Plot.text(
        starts.filter((line) => line % 2 === 0),
        {
          x: () => 0,
          y: (line: number) => line + 1 / 2,
          text: (line: number) => bytes(line * COLUMNS * cellBytes),
          textAnchor: 'end',
          dx: -6,
          fill: 'var(--faint)',
        },
      ),
      ...PARTS.toReversed().map(({ part, colour }) =>
        Plot.line(outlinesOf(cells, part), { x: 'x', y: 'y', z: 'line', fill: `var(${colour})`, stroke: 'none' }),
      ),
    ],
  });
}

/** Outlines of a part together with all below it: drawn from the topmost part on, each leaves its own part in sight. */
function outlinesOf(cells: readonly HeapCell[], part: Part): Corner[] {
  const corners: Corner[] = [];
  for (let first = 0; first < cells.length; first += COLUMNS) {
    const row = cells.slice(first, first + COLUMNS);
    const holdsPart = row.some((cell) => amountsOf(cell)[part] > 0);
    if (holdsPart)
      corners.push(
        ...outlineOf(
          row.map((cell) => heightOf(cell, part)),
          first / COLUMNS,
        ),
      );
  }
  return corners;
}

function outlineOf(heights: readonly number[], line: number): Corner[] {
  const bottom = line + (1 + FILLED_HEIGHT) / 2;
  const corners: Corner[] = [];
  let height = 0;
  for (const [x, next] of [...heights, 0].entries()) {
    if (next !== height) corners.push({ line, x, y: bottom - height }, { line, x, y: bottom - next });
    height = next;
  }
  return corners;
}

/** How high a part and those below it fill a cell, in lines. */
function heightOf(cell: HeapCell, part: Part): number {
  const amounts = amountsOf(cell);
  const filling = PARTS.slice(0, PARTS.findIndex((each) => each.part === part) + 1);
  const filled = sum(filling.map((each) => amounts[each.part]));
  return (filled / (sum(cell.live) + cell.held + cell.free)) * FILLED_HEIGHT;
}

function amountsOf({ live, inSlots, held, free }: HeapCell): Record<Part, number> {
  return { slots: inSlots, blocks: sum(live) - inSlots, held, free };
}
