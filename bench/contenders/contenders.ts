/** Everybody who takes part, by name, and how many threads each can serve. */
import { codemixMalloc } from './codemix-malloc.ts';
import type { Contender } from './contender.ts';
import { daneren } from './daneren.ts';
import { separateBuffers } from './separate-buffers.ts';
import { thiNg } from './thi-ng.ts';
import { thiNgLocked } from './thi-ng-locked.ts';
import { threadheapTable } from './threadheap-table.ts';

/** The one that the others are compared with. */
export const BASELINE: string = threadheapTable.name;

export const ONE_THREAD: string[] = [threadheapTable, thiNg, codemixMalloc, daneren, separateBuffers].map(nameOf);
export const TWO_THREADS: string[] = [threadheapTable, daneren, thiNgLocked].map(nameOf);

const ALL = [threadheapTable, thiNg, thiNgLocked, codemixMalloc, daneren, separateBuffers];

/** The contender of that name. What it hands out and shares is its own affair. */
export function contenderNamed(name: string): Contender<unknown, unknown> {
  const found = ALL.find((contender) => contender.name === name);
  if (found === undefined) throw new Error(`there is no contender ${name}`);
  return found;
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
