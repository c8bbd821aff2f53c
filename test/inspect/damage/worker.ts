/** A worker thread that runs cases of the fuzz, and says before each which one it is at. */
import { parentPort, workerData } from 'node:worker_threads';
import { heapImages } from './images.ts';
import { runCase } from './trial.ts';

export interface DamageTask {
  readonly seed: number;
  readonly first: number;
  readonly end: number;
  /** The case at hand; the test looks at it to find a hang. */
  readonly progress: Int32Array<SharedArrayBuffer>;
}

/** What the worker tells: a violation as soon as it is found; at the end, how often each outcome was seen. */
export type DamageNews = { readonly violation: string } | { readonly tally: ReadonlyMap<string, number> };

const { seed, first, end, progress } = workerData as DamageTask;
const CASES_PER_TURN = 16;
const images = heapImages();
const tally = new Map<string, number>();
const tell = (news: DamageNews): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort!.postMessage(news);
};
for (let number = first; number < end; number++) {
  Atomics.store(progress, 0, number);
  // A pending `waitAsync` keeps its heap until the event loop turns.
  if (number % CASES_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  const { damage, outcomes, violation } = runCase(images, seed, number);
  for (const outcome of outcomes) {
    const key = `${damage.kind}, ${outcome}`;
    tally.set(key, (tally.get(key) ?? 0) + 1);
  }
  if (violation !== undefined) tell({ violation: `case ${number} (${damage.kind}; ${damage.what}): ${violation}` });
}
tell({ tally });
