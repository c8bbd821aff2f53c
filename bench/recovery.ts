/**
 * `bench recovery`: how long the others wait when a thread has died. Adopting its slabs and rebuilding the table are
 * linear: the time for twice as much is about twice as long, and the cost of each slot or block the same.
 */
import { Command } from 'commander';
import { alternate, isFailure, type Outcome } from './measure/alternate.ts';
import type { Entry } from './measure/contestant.ts';
import { addEffortOptions, notesFor, roundsOf, type EffortOptions } from './measure/effort-options.ts';
import { Adoption } from './recovery/adoption.ts';
import { BLOCKS_PER_RUN, Rebuilding } from './recovery/rebuilding.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';

type RecoveryOptions = EffortOptions & ReportOptions;

/** One kind of repair, with sizes from small to large, and what is promised at one of them. */
interface Repair {
  readonly name: string;
  readonly counted: string;
  readonly sizes: readonly number[];
  readonly open: (size: number) => ReturnType<Entry>;
  readonly promise: { readonly size: number; readonly milliseconds: number };
}

interface Result {
  readonly repair: string;
  readonly counted: string;
  readonly size: number;
  /** Nanoseconds of one repair. */
  readonly outcome: Outcome;
}

const ADOPTION: Repair = {
  name: 'adoption',
  counted: 'slots',
  sizes: [25_000, 50_000, 100_000, 200_000, 400_000],
  open: (size) => Promise.resolve(new Adoption(size)),
  promise: { size: 100_000, milliseconds: 5 },
};

const REBUILD: Repair = {
  name: 'rebuild',
  counted: 'blocks',
  sizes: [250_000, 500_000, 1_000_000, 2_000_000],
  open: (size) => Promise.resolve(new Rebuilding(size)),
  promise: { size: 1_000_000, milliseconds: 50 },
};

const QUICK_SIZES = 1;

export const command: Command = addReportOptions(addEffortOptions(new Command('recovery'), 15))
  .description('time to adopt the slots of a dead thread, and to rebuild the table')
  .action(run);

async function run(options: RecoveryOptions): Promise<void> {
  const results: Result[] = [];
  const notes: string[] = [];
  for (const repair of [ADOPTION, REBUILD]) {
    const measured = await measure(repair, options);
    results.push(...measured);
    notes.push(noteOn(repair, measured));
  }
  const table = { head: HEAD, rows: results.map(rowOf), notes: notesFor(options, notes) };
  const effort = { rounds: roundsOf(options), blocksPerFreeRun: BLOCKS_PER_RUN };
  await report({ bench: 'recovery', ...table, results, effort }, options);
}

async function measure({ name, counted, sizes, open }: Repair, options: EffortOptions): Promise<Result[]> {
  const chosen = options.quick === true ? sizes.slice(0, QUICK_SIZES) : sizes;
  const entries = chosen.map((size) => () => open(size));
  const outcomes = await alternate(entries, { rounds: roundsOf(options), perRound: 1, warmUp: 1 });
  return outcomes.map((outcome, index) => ({ repair: name, counted, size: chosen[index], outcome }));
}

function noteOn({ name, counted, promise }: Repair, results: Result[]): string {
  const outcome = results.find(({ size }) => size === promise.size)?.outcome;
  if (outcome === undefined || isFailure(outcome)) return `${name}: not measured`;
  const took = outcome.minimum / 1e6;
  const verdict = took <= promise.milliseconds ? 'kept' : 'BROKEN';
  const limit = `promised: at most ${promise.milliseconds}: ${verdict}`;
  return `${name} of ${promise.size.toLocaleString('en')} ${counted}: ${took.toFixed(1)} ms (${limit})`;
}

const HEAD = ['repair', 'of', '', 'minimum ms', 'median', 'maximum', 'ns for each'];

function rowOf({ repair, counted, size, outcome }: Result): string[] {
  const cells = isFailure(outcome)
    ? [`fails: ${outcome.failure}`, '', '', '']
    : [
        ...[outcome.minimum, outcome.median, outcome.maximum].map((nanoseconds) => (nanoseconds / 1e6).toFixed(2)),
        (outcome.minimum / size).toFixed(1),
      ];
  return [repair, size.toLocaleString('en'), counted, ...cells];
}
