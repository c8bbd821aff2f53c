/**
 * `bench uses`: three things that programs do with data in several threads, each done with this library and in the ways
 * that people use today. Every way runs in a process of its own; figures are the best of alternating rounds, by
 * operation: the time on the clock, and the CPU time of all threads. Memory is what the process grew by.
 */
import { Command, Option } from 'commander';
import { alternate, isFailure, type Effort, type Outcome } from './measure/alternate.ts';
import { addEffortOptions, notesFor, roundsOf, type EffortOptions } from './measure/effort-options.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';
import { UseContestant, type UseNotes } from './uses/use-contestant.ts';
import { USES, type Use } from './uses/ways.ts';

interface UsesOptions extends EffortOptions, ReportOptions {
  readonly use: string[];
}

interface Result extends UseNotes {
  readonly use: string;
  readonly variant: string;
  readonly way: string;
  readonly outcome: Outcome;
  /** Time on the clock over that of this library. */
  readonly ratio: number | undefined;
}

const MIB = 2 ** 20;
const HEAD = ['use', 'variant', 'way', 'µs', 'CPU µs', 'MiB', 'time / threadheap'];

export const command: Command = addReportOptions(addEffortOptions(new Command('uses'), 10))
  .description('frames for a pool, a shared cache, a queue: beside cloning, transfer, fixed buffers, messages, lmdb')
  .addOption(new Option('--use <name...>', 'only these').choices(Object.keys(USES)).default(Object.keys(USES)))
  .action(run);

async function run({ use: names, ...options }: UsesOptions): Promise<void> {
  const results: Result[] = [];
  for (const name of names) {
    const { variants } = USES[name];
    for (const variant of options.quick === true ? variants.slice(0, 1) : variants) {
      results.push(...(await compare(name, USES[name], variant, options)));
    }
  }
  const notes = names.map((name) => `${name}: ${USES[name].title}`);
  const effort = { rounds: roundsOf(options) };
  const table = { head: HEAD, rows: results.map(rowOf), notes: notesFor(options, notes) };
  await report({ bench: 'uses', ...table, results, effort }, options);
}

async function compare(name: string, use: Use, variant: number, options: EffortOptions): Promise<Result[]> {
  const ways = Object.keys(use.ways);
  const notes = ways.map((): UseNotes => ({ cpu: Infinity, resident: undefined }));
  const perRound = options.quick === true ? 16 : use.operationsOf(variant);
  const effort: Effort = { rounds: roundsOf(options), perRound, warmUp: perRound };
  const entries = ways.map((way, index) => () => {
    return Promise.resolve(new UseContestant(name, way, variant, notes[index]));
  });
  const outcomes = await alternate(entries, effort);
  const base = outcomes[ways.indexOf(use.baseline)];
  return outcomes.map((outcome, index) => {
    const ratio = isFailure(outcome) || isFailure(base) ? undefined : outcome.minimum / base.minimum;
    const { cpu, resident } = notes[index];
    return { use: name, variant: use.nameOf(variant), way: ways[index], outcome, ratio, cpu, resident };
  });
}

function rowOf({ use, variant, way, outcome, ratio, cpu, resident }: Result): string[] {
  const time = isFailure(outcome) ? `fails: ${outcome.failure}` : microseconds(outcome.minimum);
  const memory = resident === undefined ? '–' : Math.round(resident / MIB).toLocaleString('en');
  return [use, variant, way, time, microseconds(cpu), memory, ratio?.toFixed(2) ?? ''];
}

function microseconds(nanoseconds: number): string {
  return Number.isFinite(nanoseconds) ? (nanoseconds / 1000).toFixed(2) : '';
}
