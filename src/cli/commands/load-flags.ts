/**
 * What `stress` and `compare` have in common: which load to put on a heap, for how long, with which seed, and who judges.
 */
import { type Command, Option } from 'commander';
import { FAULTS, type Fault } from '../../stress/threads/faults.ts';
import type { Job } from '../../stress/run/job.ts';
import { ORACLES, type Oracle } from '../../stress/results/oracles.ts';
import { TraceJob } from '../../stress/run/trace-job.ts';
import { readTrace } from '../../stress/traces/trace-reader.ts';
import { WorkloadJob } from '../../stress/run/workload-job.ts';
import { WORKLOAD_NAMES, workloadNamed } from '../../stress/workloads/workloads.ts';
import type { JsonTarget } from '../files/json-output.ts';
import { withPackages, type OptionalPackages } from '../files/optional-package.ts';
import { traceFiles } from '../files/package-files.ts';
import { UsageError } from '../files/usage-error.ts';
import { jsonOption, seedOption, threadsOption } from './options.ts';

/** Run, after the traces, when nothing is chosen. */
const DEFAULT_WORKLOADS: readonly string[] = ['larson', 'mstress', 'xmalloc-test', 'churn', 'brim'];
/** The same when threads are to be terminated. */
const DEFAULT_KILL_WORKLOADS: readonly string[] = ['churn'];

const REPLAYING: OptionalPackages = { purpose: 'traces are replayed by threads of', names: ['piscina'] };

export interface LoadFlags {
  readonly trace?: string[];
  readonly workload?: string[];
  readonly threads: number;
  readonly seed?: number;
  readonly oracles: Oracle[];
  readonly json?: JsonTarget;
  readonly report?: string;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly break?: Fault;
}

export function addLoadOptions(command: Command): Command {
  const workload = new Option('--workload <name...>', 'synthetic workloads to run').choices(WORKLOAD_NAMES);
  const oracles = new Option('--oracles <name...>', 'who judges the heap')
    .choices(ORACLES)
    .default([...ORACLES], 'all');
  return command
    .option(
      '--trace <file...>',
      'traces of real programs to replay (default: those in examples/traces, in a clone of the repository)',
    )
    .addOption(workload)
    .addOption(threadsOption('run this many threads at least, each trace as often at once as it takes'))
    .addOption(seedOption())
    .addOption(oracles)
    .addOption(jsonOption())
    .option('--report <file>', 'write a report to look at in a browser: one HTML file')
    .option('--quiet', 'show the verdict alone')
    .option('--verbose', 'show more tables: memory, latencies, threads')
    .addOption(new Option('--break <part>', 'break the heap on purpose').choices(FAULTS).hideHelp());
}

/**
 * What was chosen; the traces and some workloads where nothing was.
 *
 * @param kills - threads to be terminated, shared out among the jobs
 */
export async function jobsOf({ trace, workload, threads }: LoadFlags, kills = 0): Promise<Job[]> {
  if (kills > 0 && trace !== undefined) {
    throw new UsageError('--kill needs workloads: a trace cannot go on without the threads that died');
  }
  const isChosen = trace !== undefined || workload !== undefined;
  const files = isChosen ? (trace ?? []) : kills > 0 ? [] : traceFiles();
  const names = isChosen ? (workload ?? []) : kills > 0 ? DEFAULT_KILL_WORKLOADS : DEFAULT_WORKLOADS;
  if (files.length > 0) await withPackages(REPLAYING, () => import('piscina'));
  const traces = await Promise.all(files.map(readTrace));
  return [
    ...traces.map((each) => new TraceJob(each, threads)),
    ...names.map((name, index) => new WorkloadJob(workloadNamed(name), threads, shareOf(kills, index, names.length))),
  ];
}

/** The first ones get what does not come out even. */
function shareOf(kills: number, index: number, count: number): number {
  return Math.floor(kills / count) + (index < kills % count ? 1 : 0);
}

/** What has to be given on the command line to put the same load on a heap. */
export function loadWords(flags: LoadFlags, seed: number): string[] {
  const words: string[] = [];
  if (flags.trace !== undefined) words.push('--trace', ...flags.trace.map(quoted));
  if (flags.workload !== undefined) words.push('--workload', ...flags.workload);
  words.push(`--threads ${flags.threads}`, `--seed ${seed}`);
  if (flags.oracles.length < ORACLES.length) words.push('--oracles', ...flags.oracles);
  if (flags.break !== undefined) words.push(`--break ${flags.break}`);
  return words;
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
