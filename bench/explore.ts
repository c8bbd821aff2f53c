/**
 * `bench explore`: the figures that the explorer promises beside those measured: how fast it runs schedules, in how many
 * it finds known bugs, what it finds out about correct programs and about deaths, and whether replays are identical.
 * The programs are those of its tests.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { Word } from '../src/explore/engine/board.ts';
import { explore, pct, preemptions, replay, type ExploreOptions, type ExploreResult } from '../src/explore/index.ts';
import { checkedOptions } from '../src/explore/options.ts';
import { Session } from '../src/explore/host/session.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';

const REPLAYS = 10_000;
const PCT_SEARCHES = 11;

/** One line of the result. */
interface Figure {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly kept: boolean;
}

interface ExploreBenchOptions extends ReportOptions {
  readonly rounds: number;
}

export const command: Command = addReportOptions(new Command('explore'))
  .description('the promises of the explorer: speed, bugs found, deaths, replays')
  .option('--rounds <count>', 'rounds of the measurements of speed; the best counts', Number, 5)
  .action(run);

async function run({ rounds, ...options }: ExploreBenchOptions): Promise<void> {
  const results = [
    await throughput(rounds),
    await completeInTime(rounds),
    ...(await brokenPrograms()),
    await pctMedian(),
    ...(await correctPrograms()),
    ...(await hangingPoints()),
    ...(await replays()),
    await falseAlarms(),
  ];
  const rows = results.map(({ what, target, measured, kept }) => [what, target, measured, kept ? 'yes' : 'NO']);
  const notes = ['Threads are pinned to one core; speeds are those of the best round.'];
  await report({ bench: 'explore', head: HEAD, rows, notes, results, effort: { rounds, REPLAYS } }, options);
}

const HEAD = ['what', 'target', 'measured', 'kept'];

const programOf = (name: string): URL => pathToFileURL(resolve(`test/explore/scenarios/${name}.scenario.ts`));

const exploreProgram = (name: string, options?: ExploreOptions): Promise<ExploreResult> =>
  explore(programOf(name), options);

/** Repeats a small search in one session: what counts is every schedule that is run, and not the start of workers. */
async function throughput(rounds: number): Promise<Figure> {
  const session = await Session.open(programOf('two-spinlock-operations'), checkedOptions({}));
  let best = 0;
  for (let round = 0; round < rounds; round++) best = Math.max(best, await speedOf(session));
  await session.close();
  const kept = best >= 15_000;
  return { what: 'schedules/s, 2 threads × 2 spinlock operations', target: '≥ 15,000', measured: number(best), kept };
}

const SPEED_MS = 500;

async function speedOf(session: Session): Promise<number> {
  const { words } = session.board;
  const began = performance.now();
  const before = words[Word.BEGUN];
  while (performance.now() - began < SPEED_MS) await session.search();
  return ((words[Word.BEGUN] - before) / (performance.now() - began)) * 1000;
}

async function completeInTime(rounds: number): Promise<Figure> {
  const session = await Session.open(programOf('atomics-100'), checkedOptions({}));
  let best = Infinity;
  let isComplete = true;
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await session.search();
    best = Math.min(best, (performance.now() - began) / 1000);
    const { words } = session.board;
    isComplete &&= words[Word.COMPLETE] === 1 && words[Word.SCHEDULES] === 19_802;
  }
  await session.close();
  const what = '2 threads × 100 atomics, ≤ 2 preemptions: 19,802 schedules, complete';
  return { what, target: '< 2 s', measured: `${best.toFixed(2)} s`, kept: isComplete && best < 2 };
}

async function brokenPrograms(): Promise<Figure[]> {
  const programs = [
    ['broken-spinlock', 15],
    ['lost-wake-up', 2],
    ['ab-ba-deadlock', 6],
    ['silent-mutex', 2],
    ['treiber-aba', 3],
  ] as const;
  const figures: Figure[] = [];
  for (const [name, target] of programs) {
    const { outcome, schedules } = await exploreProgram(name);
    const kept = outcome === 'failed' && schedules <= target;
    figures.push({ what: `${name}: schedules until found`, target: `${target}`, measured: `${schedules}`, kept });
  }
  return figures;
}

async function pctMedian(): Promise<Figure> {
  const found: number[] = [];
  for (let seed = 1; seed <= PCT_SEARCHES; seed++) {
    const { outcome, schedules } = await exploreProgram('treiber-aba', {
      strategy: pct({ depth: 2, runs: 10_000, seed }),
    });
    found.push(outcome === 'failed' ? schedules : Infinity);
  }
  const median = found.toSorted((one, other) => one - other)[found.length >> 1] ?? Infinity;
  const what = `treiber-aba: median of PCT over ${PCT_SEARCHES} seeds`;
  return { what, target: '37', measured: `${median}`, kept: median <= 37 };
}

async function correctPrograms(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const name of ['cas-spinlock', 'futex-mutex', 'three-thread-mutex', 'tagged-free-list']) {
    const { outcome, complete, schedules, bound } = await exploreProgram(name);
    const measured = `${outcome}, ${complete ? 'complete' : 'cut'}, ${schedules} schedules`;
    const kept = outcome === 'held' && complete;
    figures.push({ what: `${name}: all schedules, ≤ ${bound} preemptions`, target: 'held, complete', measured, kept });
  }
  return figures;
}

async function hangingPoints(): Promise<Figure[]> {
  const options = { strategy: preemptions(1), crash: 'every-operation', stopAtFailure: false } as const;
  const figures: Figure[] = [];
  for (const [name, target] of [
    ['cas-spinlock', 12],
    ['futex-mutex', 18],
    ['owner-lock', 0],
  ] as const) {
    const { failedCrashPoints, crashPoints } = await exploreProgram(name, options);
    const measured = `${failedCrashPoints.length} of ${crashPoints.length}`;
    const kept = failedCrashPoints.length === target;
    figures.push({ what: `${name}: points where a death hangs it`, target: `${target}`, measured, kept });
  }
  return figures;
}

async function replays(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const name of ['broken-spinlock', 'ab-ba-deadlock', 'treiber-aba']) {
    const { failure } = await exploreProgram(name);
    const { identical, traceHash } = await replay(programOf(name), failure?.schedule ?? '', { runs: REPLAYS });
    const kept = identical === REPLAYS && traceHash === failure?.traceHash;
    const measured = `${number(identical)} of ${number(REPLAYS)}`;
    figures.push({ what: `${name}: identical replays`, target: 'all', measured, kept });
  }
  return figures;
}

async function falseAlarms(): Promise<Figure> {
  const names = ['locked-counter', 'message-passing', 'cas-spinlock', 'futex-mutex', 'tagged-free-list'];
  let alarms = 0;
  for (const name of names) alarms += (await exploreProgram(name, { plain: 'race-log' })).races;
  const what = `false race alarms on ${names.length} correct programs`;
  return { what, target: '0', measured: `${alarms}`, kept: alarms === 0 };
}

const number = (value: number): string => Math.round(value).toLocaleString('en');
