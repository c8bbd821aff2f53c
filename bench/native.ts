/**
 * `bench native`: this library beside native allocators. Each contender is a process of its own that does the same
 * requests in the same order, so that all are warm and one at a time runs; figures are nanoseconds per
 * allocate+deallocate pair, with two threads wall time per pair of one thread. Quote the minima: rounds are so short
 * that on a shared machine some of them are not disturbed.
 */
import { Command } from 'commander';
import { fileURLToPath } from 'node:url';
import { addEffortOptions, notesFor, roundsOf, type EffortOptions } from './measure/effort-options.ts';
import { alternate, isFailure, type Effort, type Outcome } from './measure/alternate.ts';
import type { Entry } from './measure/contestant.ts';
import { environmentFor, findAllocators, type NativeAllocator } from './native/allocators.ts';
import { Harness } from './native/harness.ts';
import { NATIVE_WORKLOADS, type NativeWorkload } from './native/heap-lane.ts';
import { ProcessLane } from './native/process-lane.ts';
import { NATIVE_PROMISES } from './native-promises.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';

interface NativeOptions extends EffortOptions, ReportOptions {
  readonly workload: NativeWorkload[];
}

/** This library among the contenders. */
export const HEAP = 'threadheap';

/** One contender at one workload. */
export interface NativeResult {
  readonly workload: NativeWorkload;
  readonly threads: number;
  readonly allocator: string;
  readonly outcome: Outcome;
  /** How many times this contender's best round goes into this library's. */
  readonly ratio: number | undefined;
}

interface Contender {
  readonly name: string;
  readonly open: (workload: NativeWorkload, threads: number) => Promise<ProcessLane>;
}

export const command: Command = addReportOptions(addEffortOptions(new Command('native'), 60))
  .description('this library and native allocators on pair64, churn, burst, fifo; needs a C compiler')
  .option('--workload <name...>', 'only these workloads', [...NATIVE_WORKLOADS])
  .action(run);

async function run({ workload: workloads, ...options }: NativeOptions): Promise<void> {
  await using harness = await Harness.compile().catch((error: Error) => {
    console.log(`Nothing is measured: ${error.message}`);
    return null;
  });
  if (harness === null) return;
  const { found, missing } = findAllocators();
  const contenders = [heapContender(), ...found.map((allocator) => nativeContender(harness, allocator))];
  const results: NativeResult[] = [];
  for (const workload of workloads) results.push(...(await compare(workload, contenders, options)));
  const notes = NATIVE_PROMISES.map((promise) => promise(results)).filter((note) => note !== undefined);
  if (missing.length > 0) notes.push(`not installed here: ${missing.join(', ')}`);
  const effort = { rounds: roundsOf(options) };
  await report(
    { bench: 'native', head: HEAD, rows: results.map(rowOf), notes: notesFor(options, notes), results, effort },
    options,
  );
}

function heapContender(): Contender {
  const entry = fileURLToPath(new URL('native/heap-process.js', import.meta.url));
  const open: Contender['open'] = (workload, threads) =>
    ProcessLane.open({ file: process.execPath, words: [entry, workload, String(threads)] });
  return { name: HEAP, open };
}

function nativeContender({ path }: Harness, allocator: NativeAllocator): Contender {
  const env = environmentFor(allocator);
  const open: Contender['open'] = (workload, threads) =>
    ProcessLane.open({ file: path, words: [workload, String(threads)], env });
  return { name: allocator.name, open };
}

/** All contenders in alternation; on churn also with two threads, in the same rounds. */
async function compare(
  workload: NativeWorkload,
  contenders: Contender[],
  options: EffortOptions,
): Promise<NativeResult[]> {
  const lanes = (workload === 'churn' ? [1, 2] : [1]).flatMap((threads) =>
    contenders.map(({ name, open }) => ({ threads, name, entry: (): ReturnType<Entry> => open(workload, threads) })),
  );
  const outcomes = await alternate(
    lanes.map(({ entry }) => entry),
    effortFor(workload, options),
  );
  return lanes.map(({ threads, name }, index) => {
    const ours = outcomes[lanes.findIndex((lane) => lane.threads === threads && lane.name === HEAP)];
    const outcome = outcomes[index];
    const ratio = isFailure(ours) || isFailure(outcome) ? undefined : ours.minimum / outcome.minimum;
    return { workload, threads, allocator: name, outcome, ratio };
  });
}

/** The large form is warm when each slot has been filled and replaced. */
function effortFor(workload: NativeWorkload, options: EffortOptions): Effort {
  const rounds = roundsOf(options);
  if (options.quick === true) return { rounds, perRound: 10_000, warmUp: 10_000 };
  const isLarge = workload === 'churn-1m';
  return { rounds, perRound: isLarge ? 50_000 : 200_000, warmUp: isLarge ? 5_000_000 : 2_000_000 };
}

const HEAD = ['workload', 'threads', 'allocator', 'minimum', 'median', 'maximum', `${HEAP} / it`];

function rowOf({ workload, threads, allocator, outcome, ratio }: NativeResult): string[] {
  const cells = isFailure(outcome)
    ? [`fails: ${outcome.failure}`, '', '']
    : [outcome.minimum, outcome.median, outcome.maximum].map((nanoseconds) => nanoseconds.toFixed(1));
  return [workload, String(threads), allocator, ...cells, ratio?.toFixed(2) ?? ''];
}
