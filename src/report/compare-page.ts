/**
 * The report on a comparison of settings.
 */
import type { CompareResult } from '../stress/results/stress-result.ts';
import { comparisonFigure } from './charts/comparison-chart.ts';
import { command, dataTable } from './page/figure.ts';
import { html, NOTHING, type Markup } from './page/markup.ts';
import { page } from './page/page.ts';
import { standings } from './charts/setting.ts';

const TITLE = 'Settings compared';

/** One HTML file. */
export function comparePage(result: CompareResult, date: Date): string {
  const body = html`${header(result)} ${result.rows.length > 0 ? content(result) : NOTHING}
    <section>
      <h2>Run it again</h2>
      ${command(result.command)}
      <p class="note">Seed ${result.seed} · Node ${result.node} · ${result.cpus} processors.</p>
    </section>`;
  return page({ title: TITLE, date, body });
}

function header({ verdict, rows, seconds, interrupted, violations }: CompareResult): Markup {
  const held = verdict === 'held';
  const workloads = new Set(rows.map(({ workload }) => workload)).size;
  const work = `${rows.length} runs of ${workloads} ${workloads === 1 ? 'workload' : 'workloads'} in ${seconds.toFixed(1)} seconds`;
  const outcome = held ? 'and the heap held under all of them' : `with ${violations} violations`;
  return html`<header class="${held ? 'verdict held' : 'verdict violated'}">
    <p class="eyebrow">threadheap compare</p>
    <h1><span class="badge" aria-hidden="true">${held ? '✓' : '✗'}</span> ${TITLE}</h1>
    <p class="lead">
      The same requests under several settings: ${work}${interrupted ? ', interrupted' : ''}, ${outcome}.
    </p>
  </header>`;
}

function content({ rows }: CompareResult): Markup {
  const memory = new Map(
    standings(rows, (row) => row.peakUsedBytes).map(({ setting, ratio }) => [setting, `${ratio.toFixed(2)}×`]),
  );
  const time = standings(rows, (row) => 1 / row.operationsPerSecond);
  const table = {
    head: ['setting', 'time', 'memory'],
    textColumns: 1,
    rows: time.map(({ setting, ratio }) => [setting, `${ratio.toFixed(2)}×`, memory.get(setting) ?? '–']),
  };
  return html`<section>
      <h2>Which setting?</h2>
      ${dataTable(table, 'Standings of the settings')}
      <p class="note">
        Geometric means over the workloads, of what each setting needed against the best one: 1.00× was the best
        everywhere. Times depend on what else the machine is at: before you trust a small difference, repeat the run
        with more --rounds and see whether it stays.
      </p>
    </section>
    <section class="charts">${comparisonFigure(rows)}</section>`;
}
