/**
 * `bench table`: what a deallocate+allocate pair costs on the free-list table with few and with many free runs, under
 * every fit and for three patterns of their lengths (see table-lane). Shows that no operation is linear: a hundred
 * times as many free runs may cost eight times as much at most.
 */
import { Command } from 'commander';
import { FIT_NAMES, type FitName } from '../src/fit/fit.ts';
import { addEffortOptions, notesFor, roundsOf, type EffortOptions } from './measure/effort-options.ts';
import { alternate, isFailure, type Effort, type Summary } from './measure/alternate.ts';
import { Lane } from './measure/lane.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';
import { PATTERNS, type Pattern, type TableLane } from './table-lane.ts';

const FEW = 1000;
const MANY = 100_000;
/** How much more a pair may cost with MANY free runs than with FEW. */
const PROMISE = 8;

interface TableOptions extends EffortOptions, ReportOptions {
  readonly fit: FitName[];
}

/** One line of the result. */
interface Result {
  readonly fit: FitName;
  readonly pattern: Pattern;
  readonly few: Summary;
  readonly many: Summary;
  readonly ratio: number;
}

export const command: Command = addReportOptions(addEffortOptions(new Command('table'), 15))
  .description(`cost of a pair with ${FEW} and with ${MANY} free runs, under every fit`)
  .option('--fit <name...>', 'only these fits', [...FIT_NAMES])
  .action(run);

async function run({ fit: fits, ...options }: TableOptions): Promise<void> {
  const isQuick = options.quick === true;
  const perRound = { ms: isQuick ? 1 : 10, step: 1000 };
  const effort: Effort = { rounds: roundsOf(options), perRound, warmUp: isQuick ? 1000 : 100_000 };
  const results: Result[] = [];
  for (const fit of isQuick ? fits.slice(0, 1) : fits) {
    for (const pattern of PATTERNS) results.push(await measure(fit, pattern, effort));
  }
  const worst = Math.max(...results.map(({ ratio }) => ratio));
  const notes = [`greatest ratio: ${worst.toFixed(2)} (promised: ${PROMISE}, ${worst <= PROMISE ? 'kept' : 'BROKEN'})`];
  await report(
    { bench: 'table', head: HEAD, rows: results.map(rowOf), notes: notesFor(options, notes), results, effort },
    options,
  );
}

async function measure(fit: FitName, pattern: Pattern, effort: Effort): Promise<Result> {
  const module = new URL('table-lane.js', import.meta.url);
  const entries = [FEW, MANY].map((freeRuns) => {
    const parameters: TableLane = { fit, pattern, freeRuns };
    return () => Lane.open({ module, threads: 1, parameters });
  });
  const [few, many] = await alternate(entries, effort);
  if (isFailure(few)) throw new Error(few.failure);
  if (isFailure(many)) throw new Error(many.failure);
  return { fit, pattern, few: few, many: many, ratio: many.minimum / few.minimum };
}

const HEAD = [
  'fit',
  'lengths',
  `${FEW.toLocaleString('en')} free runs`,
  `${MANY.toLocaleString('en')} free runs`,
  'ratio',
];

function rowOf({ fit, pattern, few, many, ratio }: Result): string[] {
  return [
    fit,
    pattern,
    Math.round(few.minimum).toLocaleString('en'),
    Math.round(many.minimum).toLocaleString('en'),
    ratio.toFixed(2),
  ];
}
