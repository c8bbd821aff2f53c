/**
 * `bench peers`: this library side by side with other heaps for JavaScript, on the synthetic workloads, in one thread
 * and in two. Figures are nanoseconds per allocate+deallocate pair; with two threads, each makes its own requests on
 * one shared heap, and the figure is wall time per pair of one thread.
 *
 * The table shows the best rounds, all others are in the JSON. That flatters one contender: of `new SharedArrayBuffer`,
 * the best round is one in which no garbage was collected; its median is nearer to what a program would see.
 */
import { Command } from 'commander';
import { BASELINE, contendersFor } from './contenders/contenders.ts';
import { addEffortOptions, notesFor, roundsOf, type EffortOptions } from './measure/effort-options.ts';
import { alternate, isFailure, type Effort, type Outcome } from './measure/alternate.ts';
import { Lane } from './measure/lane.ts';
import type { PeersLane } from './peers-lane.ts';
import { PROMISES } from './peers-promises.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';
import { BURST, WORKLOAD_NAMES, type WorkloadName } from './workloads.ts';

interface PeersOptions extends EffortOptions, ReportOptions {
  readonly workload: WorkloadName[];
}

/** One contender at one workload. */
export interface Result {
  readonly workload: WorkloadName;
  readonly threads: number;
  readonly contender: string;
  readonly outcome: Outcome;
  /** How many times this library's best round goes into this contender's. */
  readonly ratio: number | undefined;
}

export const command: Command = addReportOptions(addEffortOptions(new Command('peers'), 15))
  .description('this library and other heaps for JavaScript on pair64, churn, burst, fifo')
  .option('--workload <name...>', 'only these workloads', WORKLOAD_NAMES)
  .action(run);

async function run({ workload: workloads, ...options }: PeersOptions): Promise<void> {
  const isQuick = options.quick === true;
  const perRound = { ms: isQuick ? 1 : 20, step: BURST };
  const effort: Effort = { rounds: roundsOf(options), perRound, warmUp: isQuick ? BURST : 16 * BURST };
  const results: Result[] = [];
  for (const threads of [1, 2]) {
    for (const workload of workloads) results.push(...(await compare(workload, threads, effort)));
  }
  const head = ['threads', 'library', ...workloads, `ratio to ${BASELINE}`];
  const notes = PROMISES.map((promise) => promise(results)).filter((note) => note !== undefined);
  await report(
    { bench: 'peers', head, rows: rowsOf(results), notes: notesFor(options, notes), results, effort },
    options,
  );
}

async function compare(workload: WorkloadName, threads: number, effort: Effort): Promise<Result[]> {
  const contenders = contendersFor(threads);
  const module = new URL('peers-lane.js', import.meta.url);
  const entries = contenders.map((contender) => {
    const parameters: PeersLane = { contender, workload };
    return () => Lane.open({ module, threads, parameters });
  });
  const outcomes = await alternate(entries, effort);
  const base = outcomes[contenders.indexOf(BASELINE)];
  return outcomes.map((outcome, index) => {
    const ratio = isFailure(outcome) || isFailure(base) ? undefined : outcome.minimum / base.minimum;
    return { workload, threads, contender: contenders[index], outcome, ratio };
  });
}

/** A row for each contender and number of threads: its best round at each workload, and the mean of its ratios. */
function rowsOf(results: Result[]): string[][] {
  const rows = new Map<string, Result[]>();
  for (const result of results) {
    const key = `${result.threads} ${result.contender}`;
    rows.set(key, [...(rows.get(key) ?? []), result]);
  }
  return Array.from(rows.values(), rowOf);
}

function rowOf(row: Result[]): string[] {
  const [{ threads, contender }] = row;
  const cells = row.map(({ outcome }) => cellOf(outcome));
  return [String(threads), contender, ...cells, geometricMean(row.map(({ ratio }) => ratio))];
}

function cellOf(outcome: Outcome): string {
  return isFailure(outcome) ? `fails: ${outcome.failure}` : Math.round(outcome.minimum).toLocaleString('en');
}

function geometricMean(ratios: (number | undefined)[]): string {
  const known = ratios.filter((ratio) => ratio !== undefined);
  if (known.length < ratios.length) return '';
  return Math.exp(known.reduce((sum, ratio) => sum + Math.log(ratio), 0) / known.length).toFixed(2);
}
