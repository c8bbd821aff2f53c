/**
 * `bench peers`: this library side by side with other heaps for JavaScript, on the synthetic workloads, in one thread
 * and in two. Figures are nanoseconds per allocate+deallocate pair; with two threads, each makes its own requests on
 * one shared heap, and the figure is wall time per pair of one thread.
 *
 * Ratios compare the best rounds. That flatters one contender: of `new SharedArrayBuffer`, the best round is one in
 * which no garbage was collected; its median is nearer to what a program would see.
 */
import { Command } from 'commander';
import { BASELINE, contendersFor } from './contenders/contenders.ts';
import { alternate, isFailure, type Effort, type Outcome } from './measure/alternate.ts';
import type { PeersLane } from './peers-lane.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';
import { BURST, WORKLOAD_NAMES, type WorkloadName } from './workloads.ts';

interface PeersOptions extends ReportOptions {
  readonly rounds: number;
  readonly workload: WorkloadName[];
}

/** One line of the result. */
interface Result {
  readonly workload: WorkloadName;
  readonly threads: number;
  readonly contender: string;
  readonly outcome: Outcome;
  /** How many times this library's best round goes into this contender's. */
  readonly ratio: number | undefined;
}

export const command: Command = addReportOptions(new Command('peers'))
  .description('this library and other heaps for JavaScript on pair64, churn, burst, fifo')
  .option('--rounds <count>', 'alternating rounds', Number, 15)
  .option('--workload <name...>', 'only these workloads', WORKLOAD_NAMES)
  .action(run);

async function run({ rounds, workload: workloads, ...options }: PeersOptions): Promise<void> {
  const effort: Effort = { rounds, roundMs: 20, step: BURST, warmUp: 16_384 };
  const results: Result[] = [];
  for (const threads of [1, 2]) {
    for (const workload of workloads) results.push(...(await compare(workload, threads, effort)));
  }
  await report({ bench: 'peers', head: HEAD, rows: results.map(rowOf), results, effort }, options);
}

async function compare(workload: WorkloadName, threads: number, effort: Effort): Promise<Result[]> {
  const contenders = contendersFor(threads);
  const module = new URL('peers-lane.js', import.meta.url);
  const lanes = contenders.map((contender) => ({ module, threads, parameters: { contender, workload } as PeersLane }));
  const outcomes = await alternate(lanes, effort);
  const base = outcomes[contenders.indexOf(BASELINE)];
  return outcomes.map((outcome, index) => {
    const ratio = isFailure(outcome) || isFailure(base) ? undefined : outcome.minimum / base.minimum;
    return { workload, threads, contender: contenders[index], outcome, ratio };
  });
}

const HEAD = ['workload', 'threads', 'library', 'best ns/pair', 'median', `ratio to ${BASELINE}`];

function rowOf({ workload, threads, contender, outcome, ratio }: Result): string[] {
  const first = [workload, String(threads), contender];
  if (isFailure(outcome)) return [...first, `fails: ${outcome.failure}`, '', ''];
  const figures = [outcome.minimum, outcome.median].map((nanoseconds) => nanoseconds.toFixed(1));
  return [...first, ...figures, ratio?.toFixed(2) ?? ''];
}
