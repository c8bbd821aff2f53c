/**
 * `bench lock`: what the lock of a heap costs where nobody wants it, and how long and how fairly it is waited for where
 * eight busy threads on two cores do. Waits are those of threads that did not find it free.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { contend, type Contention } from './lock/busy-threads.ts';
import type { PairLane } from './lock/pair-lane.ts';
import { alternate, isFailure, type Effort } from './measure/alternate.ts';
import { addEffortOptions, notesFor, roundsOf, type EffortOptions } from './measure/effort-options.ts';
import { Lane } from './measure/lane.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';

type LockOptions = EffortOptions & ReportOptions;

const THREADS = 8;
const CORES = 2;
const BUSY_MS = 5000;
const QUICK_BUSY_MS = 100;

/** One figure and what is promised of it. */
interface Result {
  readonly what: string;
  readonly figure: number;
  readonly promise: { readonly most?: number; readonly least?: number };
}

export const command: Command = addReportOptions(addEffortOptions(new Command('lock'), 15))
  .description('cost of a free lock; waits and fairness with eight busy threads on two cores')
  .action(run);

async function run(options: LockOptions): Promise<void> {
  const isQuick = options.quick === true;
  const cost = await costOfPair(options);
  pinToCores();
  const contention = await contend(THREADS, isQuick ? QUICK_BUSY_MS : BUSY_MS);
  const results = [cost, ...resultsOf(contention)];
  const notes = notesFor(options, [
    `${contention.waits.toLocaleString('en')} waits, the longest ${contention.longestWait.toFixed(1)} ms; ` +
      `operations by thread: ${contention.operations.map((count) => count.toLocaleString('en')).join(', ')}`,
  ]);
  const effort = { rounds: roundsOf(options), threads: THREADS, cores: CORES, busyMs: BUSY_MS };
  await report(
    { bench: 'lock', head: HEAD, rows: results.map(rowOf), notes, results: [...results, contention], effort },
    options,
  );
}

async function costOfPair(options: EffortOptions): Promise<Result> {
  const isQuick = options.quick === true;
  const perRound = isQuick ? 1000 : { ms: 10, step: 1000 };
  const effort: Effort = { rounds: roundsOf(options), perRound, warmUp: isQuick ? 1000 : 200_000 };
  const module = new URL('lock/pair-lane.js', import.meta.url);
  const [lock, bare] = await alternate(
    (['lock', 'bare'] as const).map((pair) => {
      const parameters: PairLane = { pair };
      return () => Lane.open({ module, threads: 1, parameters });
    }),
    effort,
  );
  if (isFailure(lock)) throw new Error(lock.failure);
  if (isFailure(bare)) throw new Error(bare.failure);
  const what = `taking and giving back a free lock (${lock.minimum.toFixed(1)} ns), over compareExchange and exchange`;
  return { what, figure: lock.minimum / bare.minimum, promise: { most: 1.3 } };
}

function resultsOf({ waitAtPercentile, share }: Contention): Result[] {
  return [
    { what: 'wait of a busy thread at the 99.99th percentile, ms', figure: waitAtPercentile, promise: { most: 100 } },
    { what: 'operations of the slowest thread over the fastest', figure: share, promise: { least: 0.25 } },
  ];
}

/** Threads to come run on two cores, as far as the system lets us say so. */
function pinToCores(): void {
  if (availableParallelism() <= CORES) return;
  execFileSync('taskset', ['-a', '-c', '-p', `0-${CORES - 1}`, String(process.pid)], { stdio: 'ignore' });
}

const HEAD = ['what', 'figure', 'promised', ''];

function rowOf({ what, figure, promise: { most, least } }: Result): string[] {
  const isKept = most === undefined ? figure >= least! : figure <= most;
  const promised = most === undefined ? `≥ ${least}` : `≤ ${most}`;
  return [what, figure.toFixed(2), promised, isKept ? 'kept' : 'BROKEN'];
}
