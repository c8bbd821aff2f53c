/** Everybody who takes part, by name, in one thread and in two. */
import { codemixMalloc } from './codemix-malloc.ts';
import type { Contender } from './contender.ts';
import { daneren } from './daneren.ts';
import { separateBuffers } from './separate-buffers.ts';
import { thiNg } from './thi-ng.ts';
import { thiNgLocked } from './thi-ng-locked.ts';
import { threadheap, threadheapTable } from './threadheap.ts';

/** The one that the others are compared with. */
export const BASELINE: string = threadheap.name;

const ONE_THREAD = [threadheap, threadheapTable, thiNg, codemixMalloc, daneren, separateBuffers];
const TWO_THREADS = [threadheap, threadheapTable, daneren, thiNgLocked];

/** Names of those who can serve so many threads at once. */
export function contendersFor(threads: number): string[] {
  return (threads === 1 ? ONE_THREAD : TWO_THREADS).map(({ name }) => name);
}

/** The contender of that name. What it hands out and shares is its own affair. */
export function contenderNamed(name: string): Contender<unknown, unknown> {
  const found = [...ONE_THREAD, ...TWO_THREADS].find((contender) => contender.name === name);
  if (found === undefined) throw new Error(`there is no contender ${name}`);
  return found;
}
