/**
 * `threadheap compare`: the same requests, from the same seed, under several settings of the heap, side by side.
 */
import { Command, Option } from 'commander';
import { availableParallelism } from 'node:os';
import { FIT_NAMES, type FitName } from '../../fit/fit.ts';
import type { CompareResult, CompareRow, StressResult, WorkloadResult } from '../../stress/results/stress-result.ts';
import { comparisonVerdictOf } from '../../stress/results/verdict.ts';
import type { Job } from '../../stress/run/job.ts';
import { stress } from '../../stress/run/stress.ts';
import { sum } from '../../sum.ts';
import { requireJsonTarget, writeJson } from '../files/json-output.ts';
import { announceReport, reportTo } from '../files/report-file.ts';
import { compareDetails, compareTable } from '../terminal/compare-table.ts';
import { inVerdictColour, paragraph, printParagraphs, tableWidth } from '../terminal/printed.ts';
import { violationLines } from '../terminal/stress-findings.ts';
import { progressOn } from '../terminal/stress-progress.ts';
import { untilInterrupted } from './interruption.ts';
import { addLoadOptions, jobsOf, loadWords, type LoadFlags } from './load-flags.ts';
import {
  fitsOption,
  MAX_SECONDS,
  noSlabsOption,
  secondsOption,
  seedFrom,
  slabsStatesOption,
  wholeFrom,
} from './options.ts';

const MAX_ROUNDS = 1000;
const DEFAULT_ROUNDS = 1;
const STATES = ['on', 'off'] as const;

interface CompareFlags extends LoadFlags {
  readonly rounds?: number;
  readonly seconds?: number;
  readonly fit: FitName[];
  readonly slabs: (typeof STATES)[number][] | false;
}

interface Setting {
  readonly fit: FitName;
  readonly slabs: boolean;
}

export function compareCommand(): Command {
  const seconds = secondsOption('repeat the work for so long in all, in place of --rounds').conflicts('rounds');
  const rounds = new Option('--rounds <n>', `do the work so often under each setting (default: ${DEFAULT_ROUNDS})`);
  const command = new Command('compare').description(
    'put the same load on heaps with different settings, and tabulate time, peak memory and fragmentation',
  );
  return addLoadOptions(command)
    .addOption(rounds.argParser(wholeFrom(1, MAX_ROUNDS)))
    .addOption(seconds)
    .addOption(fitsOption())
    .addOption(slabsStatesOption())
    .addOption(noSlabsOption())
    .action(run);
}

async function run(flags: CompareFlags): Promise<void> {
  requireJsonTarget(flags.json);
  const startMs = performance.now();
  const seed = seedFrom(flags);
  const jobs = await jobsOf(flags);
  const settings = flags.fit.flatMap((fit) =>
    statesOf(flags).map((state): Setting => ({ fit, slabs: state === 'on' })),
  );
  const report = await reportTo(flags.report, async () => (await import('../../report/index.ts')).comparePage);
  const { results, interrupted } = await untilInterrupted(async (signal) => ({
    results: await runAll(settings, jobs, flags, seed, signal),
    interrupted: signal.aborted,
  }));
  const violations = sum(results.map((result) => result.violations));
  const comparison: CompareResult = {
    verdict: violations === 0 ? 'held' : 'violated',
    violations,
    seconds: (performance.now() - startMs) / 1000,
    seed,
    command: commandOf(flags, seed),
    node: process.version,
    cpus: availableParallelism(),
    interrupted,
    rows: rowsOf(results),
  };
  show(comparison, results, flags);
  announceReport(report, comparison, flags.json);
  process.exitCode = comparison.verdict === 'held' ? 0 : 1;
}

async function runAll(
  settings: readonly Setting[],
  jobs: readonly Job[],
  flags: CompareFlags,
  seed: number,
  signal: AbortSignal,
): Promise<StressResult[]> {
  const results: StressResult[] = [];
  const observer = progressOn(process.stderr, flags.quiet === true);
  for (const heap of settings) {
    if (signal.aborted) break;
    const load = { jobs, ...effortOf(flags, settings.length), seed, oracles: flags.oracles };
    // One after the other: each is to have the machine for itself.
    results.push(await stress({ ...load, heap, fault: flags.break, command: '', signal, observer }));
  }
  return results;
}

function statesOf({ slabs }: CompareFlags): readonly (typeof STATES)[number][] {
  return slabs === false ? ['off'] : slabs;
}

/** Under one of the settings: rounds, however long they take, or a share of the time. */
function effortOf({ rounds, seconds }: CompareFlags, settings: number): { seconds: number; rounds: number } {
  if (seconds !== undefined) return { seconds: seconds / settings, rounds: Infinity };
  return { seconds: MAX_SECONDS, rounds: rounds ?? DEFAULT_ROUNDS };
}

/** By workload, so that what is to be compared stands together. */
function rowsOf(results: readonly StressResult[]): CompareRow[] {
  const runCount = Math.max(0, ...results.map(({ runs }) => runs.length));
  return Array.from({ length: runCount }, (_, index) =>
    results.flatMap(({ fit, slabs, runs }) => runs.slice(index, index + 1).map((each) => rowOf(each, fit, slabs))),
  ).flat();
}

function rowOf(result: WorkloadResult, fit: string, slabs: boolean): CompareRow {
  return {
    workload: result.name,
    fit,
    slabs,
    threads: result.threads,
    operations: result.operations,
    seconds: result.seconds,
    operationsPerSecond: result.operationsPerSecond,
    peakLiveBytes: result.peakLiveBytes,
    peakUsedBytes: result.peakUsedBytes,
    internalFragmentation: result.internalFragmentation,
    externalFragmentation: result.externalFragmentation,
    lockWaits: result.lockWaits,
    violations: result.violations,
  };
}

function show(comparison: CompareResult, results: readonly StressResult[], flags: CompareFlags): void {
  if (writeJson(comparison, flags.json)) return;
  const { rows, verdict } = comparison;
  const width = tableWidth();
  const tables = flags.quiet === true ? [] : [compareTable(rows, width)];
  if (flags.verbose === true) tables.push(compareDetails(rows, width));
  const violations = results.flatMap((result) => violationLines(result)).map((line) => paragraph([line]));
  printParagraphs([
    [inVerdictColour(verdict, paragraph([comparisonVerdictOf(comparison)])), ...violations].join('\n'),
    ...tables,
    `Repeat with: ${comparison.command}`,
  ]);
}

function commandOf(flags: CompareFlags, seed: number): string {
  const words = ['npx threadheap compare', ...loadWords(flags, seed)];
  if (flags.seconds === undefined) words.push(`--rounds ${flags.rounds ?? DEFAULT_ROUNDS}`);
  else words.push(`--seconds ${flags.seconds}`);
  if (flags.fit.length < FIT_NAMES.length) words.push('--fit', ...flags.fit);
  if (statesOf(flags).length < STATES.length) words.push('--slabs', ...statesOf(flags));
  return words.join(' ');
}
