/** What this library promises in comparison with others, and whether a run bears it out. */
import { daneren } from './contenders/daneren.ts';
import { thiNg } from './contenders/thi-ng.ts';
import { threadheap, threadheapTable } from './contenders/threadheap.ts';
import { isFailure } from './measure/alternate.ts';
import type { Result } from './peers.ts';

interface Promised {
  readonly threads: number;
  readonly ours: { readonly name: string };
  readonly theirs: { readonly name: string };
  readonly times: number;
}

/** Each gives a sentence, or `undefined` if the run has no figures for it. All concern churn. */
export const PROMISES: ((results: Result[]) => string | undefined)[] = [
  promised({ threads: 1, ours: threadheapTable, theirs: thiNg, times: 20 }),
  promised({ threads: 2, ours: threadheap, theirs: daneren, times: 10 }),
];

function promised({ threads, ours, theirs, times }: Promised) {
  return (results: Result[]): string | undefined => {
    const [own, other] = [ours, theirs].map(({ name }) => churnOf(results, threads, name));
    if (own === undefined || other === undefined) return undefined;
    const verdict = other >= times * own ? 'kept' : 'BROKEN';
    const claim = `${ours.name} is ${(other / own).toFixed(0)} times as fast as ${theirs.name}`;
    return `churn, threads: ${threads}: ${claim} (promised: ${times}, ${verdict})`;
  };
}

function churnOf(results: Result[], threads: number, name: string): number | undefined {
  const found = results.find(
    (result) => result.workload === 'churn' && result.threads === threads && result.contender === name,
  );
  return found === undefined || isFailure(found.outcome) ? undefined : found.outcome.minimum;
}
