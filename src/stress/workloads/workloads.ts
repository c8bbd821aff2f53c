/** All synthetic workloads, by their names. */
import type { Workload } from './workload.ts';
import { brim } from './brim.ts';
import { cacheScratch } from './cache-scratch.ts';
import { churn } from './churn.ts';
import { larson } from './larson.ts';
import { mleak } from './mleak.ts';
import { mstress } from './mstress.ts';
import { prodCon } from './prod-con.ts';
import { rptest } from './rptest.ts';
import { xmallocTest } from './xmalloc-test.ts';

export const WORKLOADS: readonly Workload[] = [
  larson,
  mstress,
  xmallocTest,
  rptest,
  cacheScratch,
  mleak,
  prodCon,
  churn,
  brim,
];

export const WORKLOAD_NAMES: readonly string[] = WORKLOADS.map(({ name }) => name);

/** @param name - one of WORKLOAD_NAMES */
export function workloadNamed(name: string): Workload {
  return WORKLOADS.find((workload) => workload.name === name)!;
}
