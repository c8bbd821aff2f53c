/**
 * `threadheap explore`: searches the schedules of a scenario, replays one, or joins the reports of shards.
 *
 * Exit codes: 0 every schedule held, 1 one failed, 2 there was nothing to run, with one line that says why, 130 it was
 * interrupted before one failed.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { explore, replay } from '../../explore/explore.ts';
import { MergeError, mergeReports, parseReport } from '../../explore/outcome/merge.ts';
import type { ExploreOptions } from '../../explore/options.ts';
import type { Progress } from '../../explore/outcome/progress.ts';
import { formatFailure, formatResult } from '../../explore/outcome/report.ts';
import { toJson } from '../../explore/outcome/result.ts';
import { ScenarioError } from '../../explore/host/scenario.ts';
import { decodeSchedule, ScheduleStringError } from '../../explore/trace/schedule-string.ts';
import { pct, preemptions, random, type Strategy } from '../../explore/search/strategy.ts';
import { requireJsonTarget, writeJson, type JsonTarget } from '../files/json-output.ts';
import { ExploreProgress } from '../terminal/explore-progress.ts';
import { untilInterrupted } from './interruption.ts';
import { jsonOption, secondsOption, seedFrom, seedOption } from './options.ts';

const DEFAULT_RUNS = 10_000;

const ExitCode = { HELD: 0, FAILED: 1, NOT_RUNNABLE: 2, INTERRUPTED: 130 } as const;

interface Given {
  readonly preemptions?: number;
  readonly random?: true;
  readonly pct?: number;
  readonly runs?: number;
  readonly seed?: number;
  readonly crash?: true;
  readonly deaths?: number;
  readonly races?: true;
  readonly timeouts?: string;
  readonly reduction?: boolean;
  readonly seconds?: number;
  readonly time?: number;
  readonly jobs?: number;
  readonly quiet?: true;
  readonly replay?: string;
  readonly shard?: string;
  readonly watchdog?: number;
  readonly maxSteps?: number;
  readonly json?: JsonTarget;
}

/** The subcommand, for `program.addCommand`. */
export function exploreCommand(): Command {
  const command = new Command('explore')
    .description('try every interleaving of a scenario on real threads')
    .argument('<file>', 'module whose default export is a scenario, .ts or .js')
    .option('--preemptions <n>', 'at most this many preemptions in a schedule (default: 2)', wholeNumber)
    .option('--random', 'random schedules in place of all')
    .option('--pct <depth>', 'random priorities that change at depth − 1 steps', wholeNumber)
    .option('--runs <n>', `schedules of --random and --pct, or replays (default: ${DEFAULT_RUNS}, or 1)`, wholeNumber)
    .addOption(seedOption())
    .option('--crash', 'let a thread die right before each of its operations')
    .option('--deaths <n>', 'deaths in one schedule, 1 or 2; implies --crash', wholeNumber)
    .option('--races', 'look for data races among plain accesses')
    .addOption(
      new Option('--timeouts <when>', 'when a timeout fires: only if nothing else can run, or at any moment').choices([
        'lazy',
        'eager',
      ]),
    )
    .option('--reduction', 'leave equivalent schedules out (default: with --races)')
    .option('--no-reduction', 'try them all')
    .addOption(secondsOption('end after so long with what is covered').conflicts('time'))
    .option('--time <duration>', 'the same in other units: 60s, 5m, 2h', duration)
    .option('--jobs <n>', 'threads that search side by side, "all" for one on each core (default: 1)', jobs)
    .option('--quiet', 'no progress on stderr')
    .option('--replay <schedule>', 'run the schedule of a report again')
    .option('--shard <i/n>', 'only one part of the search, like 1/4')
    .option('--max-steps <n>', 'steps after which a schedule is a livelock (default: 20000)', wholeNumber)
    .option('--watchdog <ms>', 'milliseconds without an operation until a thread counts as endless', wholeNumber)
    .addOption(jsonOption())
    .action((file: string, given: Given) => runOrExplain(() => run(file, given)));
  return command.addCommand(mergeCommand());
}

function mergeCommand(): Command {
  return new Command('merge')
    .description('join the JSON reports of all shards')
    .argument('<reports...>', 'files written with --json')
    .addOption(jsonOption())
    .action((files: string[], _given: Given, command: Command) =>
      runOrExplain(() => {
        // The parent has the option too, and takes it first.
        const { json } = command.optsWithGlobals<Given>();
        const report = mergeReports(files.map((file) => parseReport(textOf(file), file)));
        writeJson(report, json ?? true);
        return report.outcome === 'held' ? ExitCode.HELD : ExitCode.FAILED;
      }),
    );
}

async function run(file: string, given: Given): Promise<number> {
  requireJsonTarget(given.json);
  const scenario = pathToFileURL(resolve(file));
  const options = optionsOf(given);
  if (given.replay !== undefined) return runReplay(scenario, given.replay, options, given.runs ?? 1);
  const progress = new ExploreProgress(process.stderr);
  const onProgress = given.quiet === true ? {} : { onProgress: (now: Progress) => progress.show(now) };
  const result = await untilInterrupted((signal) => explore(scenario, { ...options, ...onProgress, signal }));
  progress.end();
  if (!writeJson(toJson(result), given.json)) print(formatResult(result));
  if (result.outcome === 'failed') return ExitCode.FAILED;
  return result.stopped === 'interrupted' ? ExitCode.INTERRUPTED : ExitCode.HELD;
}

async function runReplay(scenario: URL, schedule: string, options: ExploreOptions, runs: number): Promise<number> {
  const result = await replay(scenario, schedule, { ...options, runs });
  if (result.diverged !== undefined) print(`DIVERGED from the schedule at ${result.diverged}`);
  if (result.failure === undefined) print(`HELD on this schedule, trace hash ${result.traceHash}`);
  else print(formatFailure(result.failure, decodeSchedule(schedule).scenario));
  if (runs > 1) print(`${result.identical} of ${result.runs} replays identical`);
  return result.failure === undefined ? ExitCode.HELD : ExitCode.FAILED;
}

function optionsOf(given: Given): ExploreOptions {
  const { deaths } = given;
  return {
    strategy: strategyOf(given),
    crash: deaths === undefined ? (given.crash === true ? 'every-operation' : 'none') : { deaths: deathsOf(deaths) },
    plain: given.races === true ? 'race-log' : 'off',
    ...(given.timeouts === undefined ? {} : { timeouts: given.timeouts === 'eager' ? 'eager' : 'lazy' }),
    ...(given.reduction === undefined ? {} : { reduction: given.reduction }),
    ...(given.time === undefined ? {} : { timeMs: given.time }),
    ...(given.seconds === undefined ? {} : { timeMs: given.seconds * 1000 }),
    ...(given.jobs === undefined ? {} : { jobs: given.jobs }),
    ...(given.shard === undefined ? {} : { shard: given.shard }),
    ...(given.watchdog === undefined ? {} : { watchdogMs: given.watchdog }),
    ...(given.maxSteps === undefined ? {} : { maxSteps: given.maxSteps }),
  };
}

function strategyOf({ preemptions: bound, random: isRandom, pct: depth, runs, seed }: Given): Strategy {
  const chosen = [bound !== undefined, isRandom === true, depth !== undefined].filter(Boolean).length;
  if (chosen > 1) throw new RangeError('--preemptions, --random and --pct exclude each other');
  const sample = { runs: runs ?? DEFAULT_RUNS, seed: seedFrom(seed === undefined ? {} : { seed }) };
  if (isRandom === true) return random(sample);
  return depth === undefined ? preemptions(bound ?? 2) : pct({ depth, ...sample });
}

function deathsOf(deaths: number): 1 | 2 {
  if (deaths === 1 || deaths === 2) return deaths;
  throw new RangeError(`--deaths: ${deaths} is neither 1 nor 2`);
}

/** Sets the exit code; what cannot be run is one line on the error stream. */
async function runOrExplain(action: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await action();
  } catch (error) {
    const expected =
      error instanceof ScenarioError ||
      error instanceof ScheduleStringError ||
      error instanceof MergeError ||
      error instanceof RangeError;
    if (!expected) throw error;
    process.stderr.write(`threadheap explore: ${error.message.replaceAll('\n', ' ')}\n`);
    process.exitCode = ExitCode.NOT_RUNNABLE;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new MergeError(`${file}: cannot be read`);
  }
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed');
  return Number(text);
}

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function duration(text: string): number {
  const [, figure, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (figure === undefined || Number(figure) === 0)
    throw new InvalidArgumentError('a duration is needed, like 60s, 5m or 2h');
  return Number(figure) * (MILLISECONDS[unit] ?? 1);
}

function jobs(text: string): number {
  if (text === 'all') return availableParallelism();
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('a whole number of at least 1 is needed, or "all"');
  return Number(text);
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
