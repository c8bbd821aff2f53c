/** What this library promises beside native allocators, and whether a run bears it out. */
import { isFailure } from './measure/alternate.ts';
import { HEAP, type NativeResult } from './native.ts';
import { NATIVE_WORKLOADS, type NativeWorkload } from './native/heap-lane.ts';

/** Most times the time of mimalloc; and what we aim at. */
const MIMALLOC = { promised: 2.5, aim: 1.5 };
/** How much more two threads do than one on an idle machine with two cores. */
const TWO_THREADS = 1.7;

type NativePromise = (results: NativeResult[]) => string | undefined;

/** Each gives a sentence, or `undefined` if the run has no figures for it. */
export const NATIVE_PROMISES: readonly NativePromise[] = [
  ...NATIVE_WORKLOADS.map(withinMimalloc),
  fasterThanGlibc('churn'),
  fasterThanGlibc('burst'),
  twoThreads,
];

function withinMimalloc(workload: NativeWorkload): NativePromise {
  return (results) => {
    const [ours, theirs] = [minimumOf(results, workload, 1, HEAP), minimumOf(results, workload, 1, 'mimalloc')];
    if (ours === undefined || theirs === undefined) return undefined;
    const times = ours / theirs;
    const verdict = times <= MIMALLOC.aim ? 'kept, aim reached' : kept(times <= MIMALLOC.promised);
    const limits = `promised: at most ${MIMALLOC.promised}, aim ${MIMALLOC.aim}`;
    return `${workload}: ${times.toFixed(2)} times the time of mimalloc (${limits}: ${verdict})`;
  };
}

function fasterThanGlibc(workload: NativeWorkload): NativePromise {
  return (results) => {
    const [ours, theirs] = [minimumOf(results, workload, 1, HEAP), minimumOf(results, workload, 1, 'glibc')];
    if (ours === undefined || theirs === undefined) return undefined;
    const times = (ours / theirs).toFixed(2);
    return `${workload}: ${times} times the time of glibc (promised: less than 1: ${kept(ours < theirs)})`;
  };
}

function twoThreads(results: NativeResult[]): string | undefined {
  const [one, two] = [1, 2].map((threads) => minimumOf(results, 'churn', threads, HEAP));
  if (one === undefined || two === undefined) return undefined;
  const times = (2 * one) / two;
  const condition = `promised: at least ${TWO_THREADS} on two idle cores`;
  return `churn: two threads do ${times.toFixed(2)} times as much as one (${condition}: ${kept(times >= TWO_THREADS)})`;
}

function minimumOf(results: NativeResult[], workload: string, threads: number, allocator: string): number | undefined {
  const found = results.find(
    (result) => result.workload === workload && result.threads === threads && result.allocator === allocator,
  );
  return found === undefined || isFailure(found.outcome) ? undefined : found.outcome.minimum;
}

function kept(isKept: boolean): string {
  return isKept ? 'kept' : 'BROKEN';
}
