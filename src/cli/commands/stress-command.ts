/**
 * `threadheap stress`: puts one heap under the load of many threads, as traces of real programs and synthetic workloads
 * have it, and verifies every byte. With `--kill` threads are terminated in the midst of it.
 */
import { Command, Option } from 'commander';
import { FIT_NAMES, type FitName } from '../../fit/fit.ts';
import { stress } from '../../stress/run/stress.ts';
import type { StressResult } from '../../stress/results/stress-result.ts';
import { WORKLOADS } from '../../stress/workloads/workloads.ts';
import { untilInterrupted } from './interruption.ts';
import { requireJsonTarget, writeJson } from '../files/json-output.ts';
import {
  addLoadOptions,
  jobsOf,
  loadWords,
  positiveSeconds,
  seedFrom,
  wholeFrom,
  type LoadFlags,
} from './load-flags.ts';
import { announceReport, reportTo } from '../files/report-file.ts';
import { progressOn } from '../terminal/stress-progress.ts';
import { killLines, latencyTable, runTable, threadTable, verdict, violationLines } from '../terminal/stress-tables.ts';
import { UsageError } from '../files/usage-error.ts';

const DEFAULT_SECONDS = 20;
const MAX_KILLS = 1_000_000;

interface StressFlags extends LoadFlags {
  readonly list?: true;
  readonly seconds?: number;
  readonly kill: number;
  readonly fit: FitName;
  readonly slabs: boolean;
}

export function stressCommand(): Command {
  const seconds = new Option('--seconds <s>', 'repeat the rounds for so long in all; the last ones are cut short')
    .argParser(positiveSeconds)
    .default(undefined, `${DEFAULT_SECONDS}; with --kill, as long as that takes`);
  const kill = new Option('--kill <n>', 'terminate so many threads in the midst of their work')
    .argParser(wholeFrom(1, MAX_KILLS))
    .default(0, 'none');
  const fit = new Option('--fit <name>', 'which free run serves a request').choices(FIT_NAMES).default(FIT_NAMES[0]);
  const command = new Command('stress').description(
    'load one heap from many threads, as real programs and benchmarks do, and verify every byte',
  );
  return addLoadOptions(command)
    .option('--list', 'describe the workloads, and do nothing else')
    .addOption(seconds)
    .addOption(kill)
    .addOption(fit)
    .option('--no-slabs', 'serve small blocks from the table as well, under its lock')
    .action(run);
}

async function run(flags: StressFlags): Promise<void> {
  if (flags.list === true) return list();
  if (flags.kill > 0) requireKnownDeaths();
  requireJsonTarget(flags.json);
  const seed = seedFrom(flags);
  const jobs = await jobsOf(flags, flags.kill);
  const report = await reportTo(flags.report, async () => (await import('../../report/index.ts')).stressPage);
  const result = await untilInterrupted((signal) =>
    stress({
      jobs,
      seconds: flags.seconds ?? (flags.kill > 0 ? Infinity : DEFAULT_SECONDS),
      seed,
      heap: { fit: flags.fit, slabs: flags.slabs },
      fault: flags.break,
      oracles: flags.oracles,
      command: commandOf(flags, seed),
      signal,
      observer: progressOn(process.stderr, flags.quiet === true),
    }),
  );
  show(result, flags);
  announceReport(report, result, flags.json);
  process.exitCode = result.verdict === 'held' ? 0 : 1;
}

function show(result: StressResult, { json, quiet }: StressFlags): void {
  if (writeJson(result, json)) return;
  const { runs } = result;
  const tables = quiet === true ? [] : [runTable(runs), latencyTable(runs), threadTable(runs), ...killLines(runs)];
  const powers = quiet === true ? [] : result.detection.map(({ text }) => `${text}.`);
  const lines = [...tables, ...violationLines(result), verdict(result), ...powers, `Repeat with: ${result.command}`];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Elsewhere only who handles events learns of a death, and no worker here does. */
function requireKnownDeaths(): void {
  if (process.platform === 'linux') return;
  throw new UsageError('--kill needs Linux, where every thread can tell at once that another one has died');
}

function list(): void {
  const lines = WORKLOADS.map(({ name, summary }) => `${name.padEnd(14)}${summary}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

function commandOf(flags: StressFlags, seed: number): string {
  const words = ['npx threadheap stress', ...loadWords(flags, seed)];
  if (flags.kill > 0) words.push(`--kill ${flags.kill}`);
  if (flags.seconds !== undefined || flags.kill === 0) words.push(`--seconds ${flags.seconds ?? DEFAULT_SECONDS}`);
  words.push(`--fit ${flags.fit}`);
  if (!flags.slabs) words.push('--no-slabs');
  return words.join(' ');
}
