/** Outcomes of real threads, which must all be among those that the explorer found. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Explorer, expectedOf, type Batch } from './comparison.ts';
import { randomProgram, WORDS, type Program } from './program.ts';

const ENTRY = new URL('real-worker.ts', import.meta.url);
const LOADER = new URL('../../../workers/typescript-loader.mjs', import.meta.url).href;

/** All schedules of programs whose threads end on real threads as well, without any timeout. */
const batch: Batch = {
  shape: { threads: 2, length: 4, async: false },
  rules: { bound: Infinity, deaths: 0, eager: false },
};

/** What came of one program. */
export interface RealRuns {
  readonly program: Program;
  readonly runs: number;
  readonly seen: number;
  readonly explored: number;
  /** Outcomes of real threads that the explorer did not find. */
  readonly missed: readonly string[];
}

/** Runs some programs that always end; `seed` determines which. */
export async function runOnRealThreads(seed: number, programs: number, runs: number): Promise<RealRuns[]> {
  const explorer = await Explorer.open(batch);
  const results: RealRuns[] = [];
  try {
    for (let at = 0; results.length < programs; at++) {
      const program = randomProgram(seed + at, batch.shape);
      const expected = hasTimeouts(program) ? undefined : expectedOf(program, batch.rules);
      if (expected === undefined || expected.failures > 0 || expected.outcomes.size < 2) continue;
      const { outcomes } = await explorer.explore(program);
      const seen = await realOutcomes(program, runs);
      const missed = seen.filter((outcome) => !outcomes.has(outcome));
      results.push({ program, runs, seen: seen.length, explored: outcomes.size, missed });
    }
  } finally {
    await explorer.close();
  }
  return results;
}

const hasTimeouts = ({ threads }: Program): boolean =>
  threads.flat().some((instruction) => instruction.kind === 'wait' && instruction.timeout !== null);

async function realOutcomes(program: Program, runs: number): Promise<string[]> {
  const memory = new SharedArrayBuffer(4 * (WORDS + program.threads.length));
  const control = new SharedArrayBuffer(8);
  const workers = program.threads.map(
    (_, index) =>
      new Worker(ENTRY, { workerData: { program, index, runs, memory, control }, execArgv: ['--import', LOADER] }),
  );
  const answers = await Promise.all(workers.map((worker) => once(worker, 'message')));
  await Promise.all(workers.map((worker) => worker.terminate()));
  return (answers[0] as [string[]])[0];
}
