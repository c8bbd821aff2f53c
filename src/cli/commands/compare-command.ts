/**
 * `threadheap compare`: the same requests, from the same seed, under several settings of the heap, side by side.
 */
import { Command, Option } from 'commander';
import { availableParallelism } from 'node:os';
import { FIT_NAMES, type FitName } from '../../fit/fit.ts';
import type { Job } from '../../stress/run/job.ts';
import { stress } from '../../stress/run/stress.ts';
import type { CompareResult, CompareRow, StressResult, WorkloadResult } from '../../stress/results/stress-result.ts';
import { sum } from '../../sum.ts';
import { compareTable, compareVerdict } from '../terminal/compare-table.ts';
import { untilInterrupted } from './interruption.ts';
import { requireJsonTarget, writeJson } from '../files/json-output.ts';
import { addLoadOptions, jobsOf, loadWords, seedFrom, wholeFrom, type LoadFlags } from './load-flags.ts';
import { announceReport, reportTo } from '../files/report-file.ts';
import { progressOn } from '../terminal/stress-progress.ts';
import { violationLines } from '../terminal/stress-tables.ts';

const MAX_ROUNDS = 1000;
const DEFAULT_ROUNDS = 1;
/** Rounds end a comparison, not the time. */
const FOREVER_SECONDS = 86_400;
const SLABS = ['on', 'off'] as const;

interface CompareFlags extends LoadFlags {
  readonly rounds: number;
  readonly fits: FitName[];
  readonly slabs: (typeof SLABS)[number][];
}

interface Setting {
  readonly fit: FitName;
  readonly slabs: boolean;
}

export function compareCommand(): Command {
  const rounds = new Option('--rounds <n>', 'do the work so often under each setting')
    .argParser(wholeFrom(1, MAX_ROUNDS))
    .default(DEFAULT_ROUNDS);
  const fits = new Option('--fits <name...>', 'which fits').choices(FIT_NAMES).default([...FIT_NAMES], 'all');
  const slabs = new Option('--slabs <state...>', 'with slabs, without, or both').choices(SLABS).default([...SLABS]);
  const command = new Command('compare').description(
    'put the same load on heaps with different settings, and tabulate time, peak memory and fragmentation',
  );
  return addLoadOptions(command).addOption(rounds).addOption(fits).addOption(slabs).action(run);
}

async function run(flags: CompareFlags): Promise<void> {
  requireJsonTarget(flags.json);
  const startMs = performance.now();
  const seed = seedFrom(flags);
  const jobs = await jobsOf(flags);
  const settings = flags.fits.flatMap((fit) => flags.slabs.map((slabs): Setting => ({ fit, slabs: slabs === 'on' })));
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
    const load = { jobs, seconds: FOREVER_SECONDS, rounds: flags.rounds, seed, oracles: flags.oracles };
    // One after the other: each is to have the machine for itself.
    results.push(await stress({ ...load, heap, fault: flags.break, command: '', signal, observer }));
  }
  return results;
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

function show(comparison: CompareResult, results: readonly StressResult[], { json, quiet }: CompareFlags): void {
  if (writeJson(comparison, json)) return;
  const table = quiet === true ? [] : [compareTable(comparison.rows)];
  const violations = results.flatMap((result) => violationLines(result));
  const lines = [...table, ...violations, compareVerdict(comparison), `Repeat with: ${comparison.command}`];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function commandOf(flags: CompareFlags, seed: number): string {
  const words = ['npx threadheap compare', ...loadWords(flags, seed), `--rounds ${flags.rounds}`];
  if (flags.fits.length < FIT_NAMES.length) words.push('--fits', ...flags.fits);
  if (flags.slabs.length < SLABS.length) words.push('--slabs', ...flags.slabs);
  return words.join(' ');
}
