/**
 * Memory over the time of each workload's run, in layers: what the workload asked for and has not freed, what the heap
 * has taken for it, and what the heap has grown to.
 */
import * as Plot from '@observablehq/plot';
import { bytes, percent } from '../../quantity.ts';
import type { MemorySample, WorkloadResult } from '../../stress/results/stress-result.ts';
import { drawing, THIRD } from './drawing.ts';
import { figure, legendOf, panelLine } from '../page/figure.ts';
import { html, type Markup } from '../page/markup.ts';

const HEIGHT = 170;
const MEBIBYTE = 2 ** 20;
const LAYERS = [
  { key: 'committedBytes', colour: '--committed', text: 'committed: what the heap has grown to' },
  { key: 'usedBytes', colour: '--used', text: 'used: blocks and slabs' },
  { key: 'liveBytes', colour: '--live', text: 'live: asked for and not yet freed' },
] as const;

/** @param runs - with distinct names; those without samples are left out */
export function memoryFigure(runs: readonly WorkloadResult[]): Markup {
  const sampled = runs.filter(({ memory }) => memory.length > 0);
  return figure({
    title: 'Memory over time',
    caption:
      'Ten looks a second, in MiB against seconds; each panel has a scale of its own. The closer live is to used, ' +
      'the less memory is lost to rounding and to slots kept in reserve. A heap keeps what it has grown to. The ' +
      'curves fall where a round ends: everything is freed.',
    legend: legendOf(LAYERS),
    drawing: panelLine('thirds', sampled.map(memoryPanel), 'Memory by workload'),
    numbers: {
      head: ['workload', 'peak live', 'peak used', 'committed', 'used, not live', 'free, not in the largest run'],
      textColumns: 1,
      rows: runs.map((run) => [
        run.name,
        bytes(run.peakLiveBytes),
        bytes(run.peakUsedBytes),
        bytes(run.byteLength),
        percent(run.internalFragmentation),
        percent(run.externalFragmentation),
      ]),
    },
  });
}

function memoryPanel({ name, memory, peakUsedBytes }: WorkloadResult): Markup {
  return html`<div class="panel">
    <h4>${name} <small>at most ${bytes(peakUsedBytes)} used</small></h4>
    ${memoryDrawing(name, memory)}
  </div>`;
}

function memoryDrawing(name: string, memory: readonly MemorySample[]): Markup {
  const top = Math.max(1, ...memory.flatMap(({ committedBytes, usedBytes }) => [committedBytes, usedBytes])) / MEBIBYTE;
  const samples = memory.length === 1 ? [memory[0], { ...memory[0], seconds: memory[0].seconds + 0.1 }] : memory;
  const end = samples.at(-1)!.seconds;
  return drawing({
    ariaLabel: `Live, used and committed memory of ${name} over ${end.toFixed(1)} seconds`,
    width: THIRD,
    height: HEIGHT,
    marginLeft: 40,
    marginRight: 8,
    marginTop: 10,
    marginBottom: 24,
    x: { label: null, domain: [0, end], ticks: 4, tickFormat: (seconds: number) => `${seconds} s` },
    y: { label: null, ticks: 4, domain: [0, top], nice: true, grid: true },
    marks: [
      ...LAYERS.map(({ key, colour }) =>
        Plot.areaY(samples, {
          x: 'seconds',
          y: (sample: MemorySample) => sample[key] / MEBIBYTE,
          fill: `var(${colour})`,
          curve: 'step-after',
        }),
      ),
      Plot.ruleY([0], { stroke: 'var(--line)' }),
    ],
  });
}
