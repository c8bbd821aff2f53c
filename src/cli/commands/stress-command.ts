/**
 * `threadheap stress`: puts one heap under the load of many threads, as traces of real programs and synthetic workloads
 * have it, and verifies every byte. With `--kill` threads are terminated in the midst of it.
 */
import { Command, Option } from 'commander';
import type { FitName } from '../../fit/fit.ts';
import type { StressResult } from '../../stress/results/stress-result.ts';
import { verdictOf } from '../../stress/results/verdict.ts';
import { stress } from '../../stress/run/stress.ts';
import { WORKLOADS } from '../../stress/workloads/workloads.ts';
import { requireJsonTarget, writeJson } from '../files/json-output.ts';
import { announceReport, reportTo } from '../files/report-file.ts';
import { UsageError } from '../files/usage-error.ts';
import { inVerdictColour, paragraph, printParagraphs, tableWidth } from '../terminal/printed.ts';
import { killLines, violationLines } from '../terminal/stress-findings.ts';
import { progressOn } from '../terminal/stress-progress.ts';
import { detailTables, runTable } from '../terminal/stress-tables.ts';
import { untilInterrupted } from './interruption.ts';
import { addLoadOptions, jobsOf, loadWords, type LoadFlags } from './load-flags.ts';
import {
  fitOption,
  hasSlabs,
  noSlabsOption,
  secondsOption,
  seedFrom,
  slabsOption,
  wholeFrom,
  type SlabsFlag,
} from './options.ts';

const EXIT_NOTHING_TRIED = 2;
const DEFAULT_SECONDS = 20;
const MAX_KILLS = 1_000_000;

interface StressFlags extends LoadFlags {
  readonly list?: true;
  readonly seconds?: number;
  readonly kill: number;
  readonly fit: FitName;
  readonly slabs: SlabsFlag;
}

export function stressCommand(): Command {
  const seconds = secondsOption('repeat the rounds for so long in all; the last ones are cut short').default(
    undefined,
    `${DEFAULT_SECONDS}; with --kill, as long as that takes`,
  );
  const kill = new Option('--kill <n>', 'terminate so many threads in the midst of their work')
    .argParser(wholeFrom(1, MAX_KILLS))
    .default(0, 'none');
  const command = new Command('stress').description(
    'load one heap from many threads, as real programs and benchmarks do, and verify every byte',
  );
  return addLoadOptions(command)
    .option('--list', 'describe the workloads, and do nothing else')
    .addOption(seconds)
    .addOption(kill)
    .addOption(fitOption())
    .addOption(slabsOption())
    .addOption(noSlabsOption())
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
      heap: { fit: flags.fit, slabs: hasSlabs(flags.slabs) },
      fault: flags.break,
      oracles: flags.oracles,
      command: commandOf(flags, seed),
      signal,
      observer: progressOn(process.stderr, flags.quiet === true),
    }),
  );
  show(result, flags);
  announceReport(report, result, flags.json);
  process.exitCode = exitCodeOf(result);
}

/** A run in which nothing was tried has found nothing out. */
function exitCodeOf({ verdict, operations, interrupted }: StressResult): number {
  if (verdict === 'violated') return 1;
  return operations === 0 && !interrupted ? EXIT_NOTHING_TRIED : 0;
}

function show(result: StressResult, { json, quiet, verbose }: StressFlags): void {
  if (writeJson(result, json)) return;
  const { runs, verdict } = result;
  const width = tableWidth();
  const isQuiet = quiet === true;
  const tables = isQuiet ? [] : [runTable(runs, width), ...(verbose === true ? detailTables(runs, width) : [])];
  const findings = [...violationLines(result), ...(isQuiet ? [] : killLines(runs))];
  const last = isQuiet ? [] : result.detection.map(({ text }) => `${text}.`);
  if (!isQuiet && result.leftOut.length > 0) last.push(`No time was left for ${result.leftOut.join(', ')}.`);
  if (!isQuiet && verbose !== true) last.push('Memory, latencies and threads: --verbose.');
  printParagraphs([
    [inVerdictColour(verdict, paragraph([verdictOf(result)])), ...findings.map((line) => paragraph([line]))].join('\n'),
    ...tables,
    [paragraph(last), `Repeat with: ${result.command}`].filter((text) => text !== '').join('\n'),
  ]);
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
  if (!hasSlabs(flags.slabs)) words.push('--slabs off');
  return words.join(' ');
}
