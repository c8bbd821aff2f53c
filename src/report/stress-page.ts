/**
 * The report on a stress run: what the verdict is, then how the heap behaved, in figures.
 */
import type { StressResult, WorkloadResult } from '../stress/results/stress-result.ts';
import { heapMapFigure } from './charts/heap-map-chart.ts';
import { latencyFigure } from './charts/latency-chart.ts';
import { mergedLatencies } from './charts/latency-sum.ts';
import { html, NOTHING, type Markup } from './page/markup.ts';
import { memoryFigure } from './charts/memory-chart.ts';
import { page } from './page/page.ts';
import { sizeFigure } from './charts/size-chart.ts';
import { summary, titleOf } from './summary.ts';
import { throughputFigure } from './charts/throughput-chart.ts';

/** One HTML file. Of figures, those are there for which the run has anything to show. */
export function stressPage(result: StressResult, date: Date): string {
  const runs = distinctlyNamed(result.runs);
  const body = html`${summary({ ...result, runs })}
    <section class="charts">
      <h2>How it went</h2>
      ${figuresOf(runs)}
    </section>`;
  return page({ title: titleOf(result), date, body });
}

function figuresOf(runs: readonly WorkloadResult[]): Markup[] {
  const hasMap = runs.some(({ heapMap }) => heapMap !== null);
  return [
    runs.length > 0 ? throughputFigure(runs) : NOTHING,
    mergedLatencies(runs).length > 0 ? latencyFigure(runs) : NOTHING,
    runs.some(({ memory }) => memory.length > 0) ? memoryFigure(runs) : NOTHING,
    hasMap ? heapMapFigure(runs) : NOTHING,
    hasMap ? sizeFigure(runs) : NOTHING,
  ];
}

/** Runs of one name, as of a trace that was given twice, are numbered. */
function distinctlyNamed(runs: readonly WorkloadResult[]): WorkloadResult[] {
  const seen = new Map<string, number>();
  return runs.map((run) => {
    const times = (seen.get(run.name) ?? 0) + 1;
    seen.set(run.name, times);
    return times === 1 ? run : { ...run, name: `${run.name} (${times})` };
  });
}
