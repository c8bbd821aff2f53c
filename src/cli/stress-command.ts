/**
 * `threadheap stress`: puts one heap under the load of many threads, as traces of real programs and synthetic workloads
 * have it, and verifies every byte.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { readdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FIT_NAMES, type FitName } from '../fit/fit.ts';
import type { Fault, Job } from '../stress/job.ts';
import type { StressReport } from '../stress/report.ts';
import { stress } from '../stress/stress.ts';
import { TraceJob } from '../stress/trace-job.ts';
import { readTrace } from '../stress/trace-reader.ts';
import { WorkloadJob } from '../stress/workload-job.ts';
import { WORKLOAD_NAMES, WORKLOADS, workloadNamed } from '../stress/workloads/workloads.ts';
import { progressOn } from './stress-progress.ts';
import { latencyTable, runTable, verdict, violationLines } from './stress-tables.ts';
import { UsageError } from './usage-error.ts';

const MAX_THREADS = 256;
const MAX_SEED = 2 ** 32 - 1;
const DEFAULT_THREADS = 4;
const DEFAULT_SECONDS = 20;
/** Run, after the traces, when nothing is chosen. */
const DEFAULT_WORKLOADS: readonly string[] = ['larson', 'mstress', 'xmalloc-test'];
const ONE_CTRL_C_MS = 1000;
const EXIT_INTERRUPTED = 130;

const packageRoot = new URL(import.meta.url.endsWith('.ts') ? '../../' : '../../../', import.meta.url);

interface StressFlags {
  readonly trace?: string[];
  readonly workload?: string[];
  readonly list?: true;
  readonly threads: number;
  readonly seconds: number;
  readonly fit: FitName;
  readonly slabs: boolean;
  readonly seed?: number;
  readonly json?: string | true;
  readonly quiet?: true;
  readonly break?: Fault;
}

export function stressCommand(): Command {
  const workload = new Option('--workload <name...>', 'synthetic workloads to run').choices(WORKLOAD_NAMES);
  const threads = new Option('--threads <n>', 'run this many threads at least, each trace as often at once as it takes')
    .argParser(wholeFrom(1, MAX_THREADS))
    .default(DEFAULT_THREADS);
  const seconds = new Option('--seconds <s>', 'repeat the rounds for so long in all; each job gets one at least')
    .argParser(positiveSeconds)
    .default(DEFAULT_SECONDS);
  const fit = new Option('--fit <name>', 'which free run serves a request').choices(FIT_NAMES).default(FIT_NAMES[0]);
  const seed = new Option('--seed <n>', 'fix every random choice').argParser(wholeFrom(0, MAX_SEED));
  return new Command('stress')
    .description('load one heap from many threads, as real programs and benchmarks do, and verify every byte')
    .option('--trace <file...>', 'traces of real programs to replay (default: those in examples/traces)')
    .addOption(workload)
    .option('--list', 'describe the workloads, and do nothing else')
    .addOption(threads)
    .addOption(seconds)
    .addOption(fit)
    .option('--no-slabs', 'serve small blocks from the table as well, under its lock')
    .addOption(seed)
    .option('--json [file]', 'write the result as JSON: to stdout in place of the tables, or to a file')
    .option('--quiet', 'show the verdict alone')
    .addOption(new Option('--break <part>', 'break the heap on purpose').choices(['lock']).hideHelp())
    .action(run);
}

async function run(flags: StressFlags): Promise<void> {
  if (flags.list === true) return list();
  const seed = flags.seed ?? Math.floor(Math.random() * (MAX_SEED + 1));
  const jobs = await jobsOf(flags);
  const report = await untilInterrupted((signal) =>
    stress({
      jobs,
      seconds: flags.seconds,
      seed,
      heap: { fit: flags.fit, slabs: flags.slabs },
      fault: flags.break,
      command: commandOf(flags, seed),
      signal,
      observer: progressOn(process.stderr, flags.quiet === true),
    }),
  );
  show(report, flags);
  process.exitCode = report.verdict === 'held' ? 0 : 1;
}

/**
 * Ctrl-C ends the work with what is known so far; who presses it again later ends the process. Two signals at once are
 * one Ctrl-C: the terminal sends it, and so does a package manager that started the process.
 */
async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  let interruptedMs = Infinity;
  const interrupt = (): void => {
    if (performance.now() - interruptedMs > ONE_CTRL_C_MS) process.exit(EXIT_INTERRUPTED);
    interruptedMs = Math.min(interruptedMs, performance.now());
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
  }
}

function show(report: StressReport, { json, quiet }: StressFlags): void {
  const text = `${JSON.stringify(report, undefined, 2)}\n`;
  if (json === true) {
    process.stdout.write(text);
    return;
  }
  if (json !== undefined) writeJson(json, text);
  const tables = quiet === true ? [] : [runTable(report.runs), latencyTable(report.runs)];
  const lines = [...tables, ...violationLines(report), verdict(report), `Repeat with: ${report.command}`];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function writeJson(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${(error as Error).message}`);
  }
}

function list(): void {
  const lines = WORKLOADS.map(({ name, summary }) => `${name.padEnd(14)}${summary}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** What was chosen; the traces and some workloads where nothing was. */
async function jobsOf({ trace, workload, threads }: StressFlags): Promise<Job[]> {
  const isChosen = trace !== undefined || workload !== undefined;
  const files = isChosen ? (trace ?? []) : defaultTraces();
  const names = isChosen ? (workload ?? []) : DEFAULT_WORKLOADS;
  const traces = await Promise.all(files.map(readTrace));
  return [
    ...traces.map((each) => new TraceJob(each, threads)),
    ...names.map((name) => new WorkloadJob(workloadNamed(name), threads)),
  ];
}

/** The traces that come with the package. */
function defaultTraces(): string[] {
  const folder = new URL('examples/traces/', packageRoot);
  const names = readdirSync(folder).filter((name) => name.endsWith('.trace.gz'));
  return names.map((name) => relative(process.cwd(), fileURLToPath(new URL(name, folder))));
}

function commandOf(flags: StressFlags, seed: number): string {
  const words = ['npx threadheap stress'];
  if (flags.trace !== undefined) words.push('--trace', ...flags.trace.map(quoted));
  if (flags.workload !== undefined) words.push('--workload', ...flags.workload);
  words.push(`--threads ${flags.threads} --seconds ${flags.seconds} --fit ${flags.fit} --seed ${seed}`);
  if (!flags.slabs) words.push('--no-slabs');
  if (flags.break !== undefined) words.push(`--break ${flags.break}`);
  return words.join(' ');
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function wholeFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

function positiveSeconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 86_400) return value;
  throw new InvalidArgumentError('It must be a number above 0 and at most 86400.');
}
