/**
 * The settings that `threadheap compare` tries, and which of them did best over all workloads.
 */
import type { CompareRow } from '../../stress/results/stress-result.ts';

/** `best-fit`, or `best-fit without slabs`. */
export function settingOf({ fit, slabs }: Pick<CompareRow, 'fit' | 'slabs'>): string {
  return slabs ? fit : `${fit} without slabs`;
}

export interface Standing {
  readonly setting: string;
  /** Geometric mean, over the workloads, of the ratio to the best setting of each: 1 = the best everywhere. */
  readonly ratio: number;
}

/**
 * Best first; of the settings that were tried on every workload.
 *
 * @param cost - what is to be small. Above 0; anything else means that the run was cut short
 */
export function standings(all: readonly CompareRow[], cost: (row: CompareRow) => number): Standing[] {
  const rows = all.filter((row) => cost(row) > 0 && cost(row) < Infinity);
  const workloads = [...new Set(all.map(({ workload }) => workload))];
  const best = new Map(workloads.map((name) => [name, least(rows.filter((row) => row.workload === name).map(cost))]));
  const settings = [...new Set(rows.map(settingOf))];
  return settings
    .map((setting) => rows.filter((row) => settingOf(row) === setting))
    .filter((own) => own.length === workloads.length)
    .map((own) => ({
      setting: settingOf(own[0]),
      ratio: geometricMean(own.map((row) => cost(row) / best.get(row.workload)!)),
    }))
    .toSorted((a, b) => a.ratio - b.ratio);
}

function least(numbers: readonly number[]): number {
  return Math.min(...numbers);
}

function geometricMean(numbers: readonly number[]): number {
  return Math.exp(numbers.reduce((sum, number) => sum + Math.log(number), 0) / numbers.length);
}
