/**
 * What sizes the fullest heap was made of: upwards the bytes of live blocks of each size, downwards the bytes of free
 * runs of each length. Free memory below the bars is of use to the blocks above it.
 */
import * as Plot from '@observablehq/plot';
import { bytes, count } from '../../quantity.ts';
import type { HeapMap, SizeCount, WorkloadResult } from '../../stress/results/stress-result.ts';
import { sum } from '../../sum.ts';
import { drawing, THIRD } from './drawing.ts';
import { figure, legendOf, panelLine } from '../page/figure.ts';
import { html, type Markup } from '../page/markup.ts';

const HEIGHT = 170;
const LEAST_DOUBLING = 4;
const COLOURS = { slot: '--slots', block: '--blocks', free: '--free-strong' } as const;

/** All of one kind whose sizes lie in one doubling: more than half of 2^doubling, at most 2^doubling bytes. */
interface Bar {
  readonly kind: SizeCount['kind'];
  readonly doubling: number;
  readonly bytes: number;
}

/** @param runs - with distinct names; those whose heap nobody looked at are left out */
export function sizeFigure(runs: readonly WorkloadResult[]): Markup {
  const mapped = runs.flatMap(({ name, heapMap }) => (heapMap === null ? [] : [{ name, map: heapMap }]));
  return figure({
    title: 'Blocks and free runs by size',
    caption:
      'What the fullest heap was made of. Upwards: bytes in live blocks of each size, gathered by doublings. Downwards: ' +
      'bytes in free runs of each length, with a scale of their own. A free run serves the blocks above it and to its left.',
    legend: legendOf([
      { colour: COLOURS.slot, text: 'blocks in slabs' },
      { colour: COLOURS.block, text: 'large blocks' },
      { colour: COLOURS.free, text: 'free runs' },
    ]),
    drawing: panelLine(
      'thirds',
      mapped.map(({ name, map }) => sizePanel(name, map)),
      'Sizes by heap',
    ),
    numbers: {
      head: ['workload', 'what', 'size up to', 'count', 'bytes'],
      textColumns: 2,
      rows: mapped.flatMap(({ name, map }) => [...map.blocks, ...map.freeRuns].map((entry) => rowOf(name, entry))),
    },
  });
}

function rowOf(name: string, { kind, upTo, count: number, bytes: total }: SizeCount): string[] {
  const what = { slot: 'block in a slab', block: 'large block', free: 'free run' } as const;
  return [name, what[kind], bytes(upTo), count(number), bytes(total)];
}

function sizePanel(name: string, map: HeapMap): Markup {
  const blocks = sum(map.blocks.map((entry) => entry.count));
  const runs = sum(map.freeRuns.map((entry) => entry.count));
  return html`<div class="panel">
    <h4>${name} <small>${count(blocks)} blocks, ${count(runs)} free ${runs === 1 ? 'run' : 'runs'}</small></h4>
    ${sizeDrawing(name, barsOf(map.blocks), barsOf(map.freeRuns))}
  </div>`;
}

/** Blocks and free runs are each scaled to fill their half. */
function sizeDrawing(name: string, blocks: readonly Bar[], free: readonly Bar[]): Markup {
  const last = Math.max(LEAST_DOUBLING + 4, ...[...blocks, ...free].map(({ doubling }) => doubling));
  const most = (bars: readonly Bar[]): number => Math.max(1, ...heightsOf(bars).values());
  const scaled = (bars: readonly Bar[], sign: number): object[] =>
    bars.map((bar) => ({ ...bar, y: (sign * bar.bytes) / most(bars), x1: bar.doubling - 1, x2: bar.doubling }));
  return drawing({
    ariaLabel: `Bytes by size of ${name}, live blocks upwards, at most ${bytes(most(blocks))}, free runs downwards, at most ${bytes(most(free))}`,
    width: THIRD,
    height: HEIGHT,
    marginLeft: 64,
    marginRight: 20,
    marginTop: 10,
    marginBottom: 24,
    x: {
      label: null,
      domain: [LEAST_DOUBLING - 1, last],
      ticks: Array.from(
        { length: Math.floor((last - LEAST_DOUBLING) / 4) + 1 },
        (_, index) => LEAST_DOUBLING + 4 * index,
      ),
      tickFormat: (doubling: number) => bytes(2 ** doubling).replace(/\.\d+/, ''),
    },
    y: {
      label: null,
      domain: [-1, 1],
      grid: true,
      ticks: [-1, 0, 1],
      tickFormat: (share: number) => bytes(share < 0 ? most(free) : share * most(blocks)),
    },
    marks: [
      Plot.rectY([...scaled(blocks, 1), ...scaled(free, -1)], {
        x1: 'x1',
        x2: 'x2',
        y: 'y',
        fill: (bar: Bar) => `var(${COLOURS[bar.kind]})`,
        inset: 0.5,
      }),
      Plot.ruleY([0], { stroke: 'var(--line)' }),
    ],
  });
}

function barsOf(counts: readonly SizeCount[]): Bar[] {
  const bars = new Map<string, Bar>();
  for (const { kind, upTo, bytes: total } of counts) {
    const doubling = Math.max(LEAST_DOUBLING, Math.ceil(Math.log2(upTo)));
    const key = `${kind} ${doubling}`;
    bars.set(key, { kind, doubling, bytes: (bars.get(key)?.bytes ?? 0) + total });
  }
  return [...bars.values()];
}

/** Bytes of each doubling, of all kinds. */
function heightsOf(bars: readonly Bar[]): Map<number, number> {
  const heights = new Map<number, number>();
  for (const { doubling, bytes: total } of bars) heights.set(doubling, (heights.get(doubling) ?? 0) + total);
  return heights;
}
