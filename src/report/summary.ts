/**
 * The top of a report on a stress run: the verdict in plain words, how sure it is, what repeats it, and the run in
 * figures.
 */
import { bytes, count, duration, percent, rate } from '../quantity.ts';
import type { StressResult, WorkloadResult } from '../stress/results/stress-result.ts';
import { verdictOf, violationDetail, violationPlace } from '../stress/results/verdict.ts';
import type { Violation } from '../stress/results/violation.ts';
import { sum } from '../sum.ts';
import { command, dataTable } from './page/figure.ts';
import { html, NOTHING, type Markup } from './page/markup.ts';

const RUN_HEAD = [
  'workload',
  'threads',
  'rounds',
  'operations',
  'per second',
  'peak live',
  'peak used',
  'p99 allocate',
  'violations',
];
const KILL_HEAD = [
  'workload',
  'threads killed',
  'locks seized',
  'tables rebuilt',
  'slabs adopted',
  'blocks recovered',
  'blocks lost in a call',
  'longest wait',
];
const MILLISECOND_NS = 1e6;

export function summary(result: StressResult): Markup {
  return html`${verdictBanner(result)} ${keyFigures(result)} ${violationList(result.runs)} ${confidence(result)}
  ${repetition(result)} ${runTable(result.runs)} ${killTable(result.runs)}`;
}

export function titleOf({ verdict }: Pick<StressResult, 'verdict'>): string {
  return verdict === 'held' ? 'The heap held' : 'The heap did not hold';
}

function verdictBanner(result: StressResult): Markup {
  const held = result.verdict === 'held';
  return html`<header class="${held ? 'verdict held' : 'verdict violated'}">
    <p class="eyebrow">threadheap stress</p>
    <h1><span class="badge" aria-hidden="true">${held ? '✓' : '✗'}</span> ${titleOf(result)}</h1>
    <p class="lead">${verdictOf(result)}</p>
  </header>`;
}

function keyFigures(result: StressResult): Markup {
  const remoteFrees = sum(result.runs.map((run) => run.remoteFrees));
  const figures: (readonly [value: string, name: string, isBad?: boolean])[] = [
    [count(result.operations), 'operations'],
    [count(remoteFrees), 'blocks freed by another thread'],
    [count(sum(result.runs.map((run) => run.emptyRounds))), 'rounds that ended with an empty, checked heap'],
    ...deathsFigure(result),
    [count(result.violations), result.violations === 1 ? 'violation' : 'violations', result.violations > 0],
  ];
  const items = figures.map(
    ([value, name, isBad = false]) =>
      html`<div>
        <dt>${name}</dt>
        <dd class="${isBad ? 'bad' : ''}">${value}</dd>
      </div>`,
  );
  return html`<dl class="figures">${items}</dl>`;
}

/** Only where threads were to be killed. */
function deathsFigure({ runs, deaths }: StressResult): [value: string, name: string][] {
  if (runs.every(({ kills }) => kills === null)) return [];
  return [[count(deaths), deaths === 1 ? 'thread killed at work' : 'threads killed at work']];
}

function violationList(runs: readonly WorkloadResult[]): Markup {
  const items = runs.flatMap(({ name, firstViolations }) =>
    firstViolations.map((violation) => violationItem(name, violation)),
  );
  if (items.length === 0) return NOTHING;
  return html`<section>
    <h2>What went wrong first</h2>
    <ol class="violations">
      ${items}
    </ol>
  </section>`;
}

function violationItem(name: string, violation: Violation): Markup {
  const place = violationPlace(name, violation);
  return html`<li><strong>${violation.kind}</strong> ${violationDetail(violation)}. <small>${place}</small></li>`;
}

function confidence({ detection }: StressResult): Markup {
  if (detection.length === 0) return NOTHING;
  return html`<section>
    <h2>How sure is that?</h2>
    ${detection.map(({ text }) => html`<p>${text}.</p>`)}
    <p class="note">
      A stress run can find a fault, and cannot prove that there is none. What it promises is how rare a fault must be
      to have escaped it.
    </p>
  </section>`;
}

function repetition(result: StressResult): Markup {
  const { seed, fit, slabs, node, cpus } = result;
  const facts = `Seed ${seed} · ${fit}, slabs ${slabs ? 'on' : 'off'} · Node ${node} · ${cpus} processors`;
  return html`<section>
    <h2>Run it again</h2>
    ${command(result.command)}
    <p class="note">
      ${facts}. The seed fixes every request; which thread comes first is the operating system’s choice. To see the same
      load under other settings, put compare in the place of stress.
    </p>
  </section>`;
}

function runTable(runs: readonly WorkloadResult[]): Markup {
  const rows = runs.map((run) => [
    run.name,
    count(run.threads),
    count(run.rounds),
    count(run.operations),
    rate(run.operationsPerSecond),
    bytes(run.peakLiveBytes),
    bytes(run.peakUsedBytes),
    run.latencies.allocate.samples === 0 ? '–' : duration(run.latencies.allocate.p99),
    count(run.violations),
  ]);
  return html`<section>
    <h2>Workloads</h2>
    ${dataTable({ head: RUN_HEAD, textColumns: 1, rows, alarmColumn: RUN_HEAD.length - 1 }, 'Workloads')}
  </section>`;
}

function killTable(runs: readonly WorkloadResult[]): Markup {
  const rows = runs.flatMap(({ name, kills }) =>
    kills === null
      ? []
      : [
          [
            name,
            count(kills.deaths),
            count(kills.lockSeizures),
            count(kills.tablesRebuilt),
            count(kills.slabsAdopted),
            count(kills.blocksRecovered),
            `${count(kills.blocksInFlight)} (${percent(kills.deaths === 0 ? 0 : kills.blocksInFlight / kills.deaths)} of deaths)`,
            duration(kills.longestWaitMs * MILLISECOND_NS),
          ],
        ],
  );
  if (rows.length === 0) return NOTHING;
  return html`<section>
    <h2>Threads killed at work</h2>
    ${dataTable({ head: KILL_HEAD, textColumns: 1, rows }, 'Threads killed at work')}
    <p class="note">
      A thread may die in the middle of a call, even inside the lock. The next one that needs the lock takes it from the
      dead and repairs what was left half done. A block whose address the dead thread had not yet told anyone is lost:
      at most one for each death.
    </p>
  </section>`;
}
