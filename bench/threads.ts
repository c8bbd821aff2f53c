/**
 * `bench threads`: what slabs are for. Benchmarks of the field that stress an allocator with several threads, on a heap
 * with slabs and on one where every block comes from the free-list table, under its lock. A round is a fixed amount of
 * work; the score counts what was done in a second, in millions.
 */
import { Command } from 'commander';
import { alternate, isFailure, type Effort, type Outcome } from './measure/alternate.ts';
import type { Contestant } from './measure/contestant.ts';
import { addEffortOptions, notesFor, roundsOf, type EffortOptions } from './measure/effort-options.ts';
import { Lane } from './measure/lane.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';
import { Successors } from './threads/successors.ts';
import { THREADS, type ThreadWorkload } from './threads/thread-workload.ts';
import { makeShared, THREAD_WORKLOADS, type ThreadsLane, type ThreadWorkloadName } from './threads/threads-lane.ts';

type ThreadsOptions = EffortOptions & ReportOptions;

interface Result {
  readonly workload: ThreadWorkloadName;
  readonly withSlabs: Outcome;
  readonly withoutSlabs: Outcome;
  /** How many times as fast the heap with slabs is. */
  readonly ratio: number | undefined;
}

const NAMES: readonly ThreadWorkloadName[] = ['larson', 'xmalloc-test', 'cache-scratch'];
/** How many times as fast xmalloc-test is with slabs. */
const PROMISE = 4;

export const command: Command = addReportOptions(addEffortOptions(new Command('threads'), 15))
  .description('larson, xmalloc-test and cache-scratch in two threads, with slabs and without')
  .action(run);

async function run(options: ThreadsOptions): Promise<void> {
  const results: Result[] = [];
  for (const workload of NAMES) results.push(await compare(workload, options));
  const ratio = results.find(({ workload }) => workload === 'xmalloc-test')?.ratio ?? 0;
  const verdict = `promised: at least ${PROMISE}: ${ratio >= PROMISE ? 'kept' : 'BROKEN'}`;
  const notes = notesFor(options, [`xmalloc-test: ${ratio.toFixed(1)} times as fast with slabs (${verdict})`]);
  const effort = { rounds: roundsOf(options), threads: THREADS };
  await report({ bench: 'threads', head: HEAD, rows: results.map(rowOf), notes, results, effort }, options);
}

async function compare(workload: ThreadWorkloadName, options: EffortOptions): Promise<Result> {
  const { operations, step }: ThreadWorkload = THREAD_WORKLOADS[workload];
  const perRound = options.quick === true ? 2 * step : operations;
  const effort: Effort = { rounds: roundsOf(options), perRound, warmUp: perRound };
  const entries = [true, false].map((slabs) => () => enter(workload, slabs));
  const [withSlabs, withoutSlabs] = await alternate(entries, effort);
  const ratio = isFailure(withSlabs) || isFailure(withoutSlabs) ? undefined : withoutSlabs.minimum / withSlabs.minimum;
  return { workload, withSlabs, withoutSlabs, ratio };
}

async function enter(workload: ThreadWorkloadName, slabs: boolean): Promise<Contestant> {
  const { hasSuccessors }: ThreadWorkload = THREAD_WORKLOADS[workload];
  const parameters: ThreadsLane = { workload, shared: makeShared(workload, slabs) };
  const options = { module: new URL('threads/threads-lane.js', import.meta.url), parameters, threads: THREADS };
  return hasSuccessors ? new Successors(options) : Lane.open(options);
}

const HEAD = ['benchmark', 'score', 'with slabs', 'without', 'ratio', 'median ratio'];

function rowOf({ workload, withSlabs, withoutSlabs, ratio }: Result): string[] {
  const { unit }: ThreadWorkload = THREAD_WORKLOADS[workload];
  const scores = [withSlabs, withoutSlabs].map((outcome) => scoreOf(workload, outcome));
  const medians =
    isFailure(withSlabs) || isFailure(withoutSlabs) ? '' : (withoutSlabs.median / withSlabs.median).toFixed(2);
  return [workload, `million ${unit}/s`, ...scores, ratio?.toFixed(2) ?? '', medians];
}

/** Of the best round, which is the one to quote. */
function scoreOf(workload: ThreadWorkloadName, outcome: Outcome): string {
  const { workers }: ThreadWorkload = THREAD_WORKLOADS[workload];
  return isFailure(outcome) ? `fails: ${outcome.failure}` : ((workers * 1000) / outcome.minimum).toFixed(1);
}
