/**
 * Programs explored, and counted by brute force. The workers of a batch run all its programs, one after the other.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkedOptions } from '../../../src/explore/options.ts';
import { Jobs } from '../../../src/explore/host/jobs.ts';
import { preemptions } from '../../../src/explore/index.ts';
import { reportsOf, summarize } from '../../../src/explore/outcome/result.ts';
import { numbers, randomProgram, type Program, type Shape } from './program.ts';
import { countSchedules, TooMany, type Count, type Rules } from './reference.ts';
import { truthOf } from './truth.ts';

/** What a batch of programs has in common. */
export interface Batch {
  readonly shape: Shape;
  readonly rules: Rules;
  /** Whether equivalent schedules are left out: what a program comes to is the same then, but seldom as often. */
  readonly reduction?: boolean;
}

/** What an exploration found. */
export interface Explored {
  readonly schedules: number;
  readonly failures: number;
  readonly complete: boolean;
  readonly outcomes: ReadonlyMap<string, number>;
}

/** A program of which explorer and reference say different things. */
export interface Mismatch {
  readonly batch: Batch;
  readonly program: Program;
  readonly expected: Count;
  readonly explored: Explored;
}

/** The longest loop of a program has far fewer rounds. */
const SPIN_LIMIT = 100;
const MOST_SCHEDULES = 3_000;
const MOST_STATES = 20_000;
const BOUNDS = [0, 1, 2, 3, Infinity];

/** The batch that a seed determines. */
export function randomBatch(seed: number): Batch {
  const draw = numbers(seed);
  const bound = BOUNDS[draw(BOUNDS.length)] ?? Infinity;
  const threads = 2 + draw(2);
  const deaths = draw(3) === 0 ? 1 : 0;
  const length = (threads === 2 ? 5 : 3) - (bound > 2 ? 1 : 0);
  const [isAsync, eager, reduction] = [draw(2) === 0, draw(3) === 0, draw(4) === 0];
  return { shape: { threads, length, async: isAsync }, rules: { bound, deaths, eager }, reduction };
}

/** Workers that explore any program of a batch. */
export class Explorer {
  readonly #batch: Batch;
  readonly #jobs: Jobs;
  readonly #folder: string;

  private constructor(batch: Batch, jobs: Jobs, folder: string) {
    [this.#batch, this.#jobs, this.#folder] = [batch, jobs, folder];
  }

  static async open(batch: Batch): Promise<Explorer> {
    const folder = mkdtempSync(join(tmpdir(), 'threadheap-fuzz-'));
    writeFileSync(join(folder, 'program'), '');
    const url = new URL('./fuzz.scenario.ts', import.meta.url);
    url.searchParams.set('threads', String(batch.shape.threads));
    url.searchParams.set('file', join(folder, 'program'));
    return new Explorer(batch, await Jobs.open(url, optionsOf(batch)), folder);
  }

  async explore(program: Program): Promise<Explored> {
    writeFileSync(join(this.#folder, 'program'), JSON.stringify(program));
    const { session, isEndless } = await this.#jobs.search({
      timeMs: undefined,
      signal: undefined,
      onProgress: undefined,
    });
    if (session !== undefined) {
      const what = isEndless ? 'hangs on' : 'calls nondeterministic';
      throw new Error(`the explorer ${what} ${JSON.stringify(program)} under ${JSON.stringify(this.#batch)}`);
    }
    const { schedules, failures, complete } = summarize(this.#jobs, optionsOf(this.#batch).settings, 1, undefined);
    const own = [...reportsOf(this.#jobs).outcomes].filter(([outcome]) => outcome.startsWith(`${program.seed}: `));
    return { schedules, failures, complete, outcomes: new Map(own) };
  }

  async close(): Promise<void> {
    await this.#jobs.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function optionsOf({ rules, reduction = false }: Batch): ReturnType<typeof checkedOptions> {
  return checkedOptions({
    strategy: preemptions(rules.bound),
    crash: rules.deaths === 0 ? 'none' : 'every-operation',
    timeouts: rules.eager ? 'eager' : 'lazy',
    stopAtFailure: false,
    spinLimit: SPIN_LIMIT,
    reduction,
  });
}

/** The count of a program, or nothing if it has too many schedules. */
export function expectedOf(program: Program, rules: Rules, most: number = MOST_SCHEDULES): Count | undefined {
  try {
    return countSchedules(program, rules, most);
  } catch (error) {
    if (error instanceof TooMany) return undefined;
    throw error;
  }
}

/**
 * Whether the explorer's outcomes are all that the program can come to, or under a bound some of that, where it can be
 * found out.
 */
export function isWholeTruth(program: Program, rules: Rules, explored: Explored): boolean {
  try {
    const truth = truthOf(program, rules, MOST_STATES);
    const { outcomes, failures } = explored;
    const isTrue =
      [...outcomes.keys()].every((outcome) => truth.outcomes.has(outcome)) && (truth.hangs || failures === 0);
    if (rules.bound !== Infinity) return isTrue;
    return isTrue && truth.outcomes.size === outcomes.size && truth.hangs === failures > 0;
  } catch (error) {
    if (error instanceof TooMany) return true;
    throw error;
  }
}

/** Whether both say the same; where equivalent schedules are left out, but for how often. */
export function agree(expected: Count, explored: Explored, reduction = false): boolean {
  const outcomes = [...expected.outcomes].every(([outcome, count]) => {
    const found = explored.outcomes.get(outcome) ?? 0;
    return reduction ? found > 0 && found <= count : found === count;
  });
  const fail = reduction ? explored.failures > 0 === expected.failures > 0 : explored.failures === expected.failures;
  const tried = reduction ? explored.schedules <= expected.schedules : explored.schedules === expected.schedules;
  return tried && fail && explored.complete && outcomes && expected.outcomes.size === explored.outcomes.size;
}

/** Programs that were compared, and those on which the two disagree, each as small as it could be made. */
export interface Comparison {
  readonly compared: number;
  readonly schedules: number;
  readonly mismatches: readonly Mismatch[];
}

/** Compares some programs of one batch; `seed` determines all of them. */
export async function compareBatch(seed: number, programs: number): Promise<Comparison> {
  const batch = randomBatch(seed);
  const explorer = await Explorer.open(batch);
  const mismatches: Mismatch[] = [];
  let [compared, schedules] = [0, 0];
  try {
    for (let at = 0; compared < programs; at++) {
      const program = randomProgram(Math.imul(seed, 100_003) + at, batch.shape);
      const expected = expectedOf(program, batch.rules);
      if (expected === undefined) continue;
      const explored = await explorer.explore(program);
      compared++;
      schedules += expected.schedules;
      const isRight = agree(expected, explored, batch.reduction) && isWholeTruth(program, batch.rules, explored);
      if (!isRight) mismatches.push(await shrunk(explorer, { batch, program, expected, explored }));
    }
  } finally {
    await explorer.close();
  }
  return { compared, schedules, mismatches };
}

/** Leaves instructions out as long as the two still disagree. */
async function shrunk(explorer: Explorer, mismatch: Mismatch): Promise<Mismatch> {
  for (const program of smaller(mismatch.program)) {
    const expected = expectedOf(program, mismatch.batch.rules);
    if (expected === undefined) continue;
    const explored = await explorer.explore(program);
    const isRight =
      agree(expected, explored, mismatch.batch.reduction) && isWholeTruth(program, mismatch.batch.rules, explored);
    if (!isRight) return shrunk(explorer, { ...mismatch, program, expected, explored });
  }
  return mismatch;
}

let shrunkPrograms = 0;

/** The program with one instruction less, in all ways that leave every thread at least one. */
function smaller({ threads }: Program): Program[] {
  return threads.flatMap((instructions, index) =>
    instructions.length < 2
      ? []
      : instructions.map((_, at) => ({
          // Outcomes are told apart by the seed.
          seed: -++shrunkPrograms,
          threads: threads.with(index, instructions.toSpliced(at, 1)),
        })),
  );
}

/** A mismatch in full, for whoever has to find out why. */
export function describeMismatch({ batch, program, expected, explored }: Mismatch): string {
  const outcomes = new Set([...expected.outcomes.keys(), ...explored.outcomes.keys()]);
  const differing = [...outcomes]
    .filter((outcome) => expected.outcomes.get(outcome) !== explored.outcomes.get(outcome))
    .map(
      (outcome) =>
        `  ${outcome}: ${expected.outcomes.get(outcome) ?? 0} expected, ${explored.outcomes.get(outcome) ?? 0} explored`,
    );
  return [
    `rules ${JSON.stringify({ ...batch.rules, bound: String(batch.rules.bound), reduction: batch.reduction })}`,
    ...program.threads.map(
      (instructions, index) => `thread ${index}: ${instructions.map((one) => JSON.stringify(one)).join(' ')}`,
    ),
    `schedules: ${expected.schedules} expected, ${explored.schedules} explored${explored.complete ? '' : ' (not complete)'}`,
    `failures: ${expected.failures} expected (${expected.deadlocks} deadlocks), ${explored.failures} explored`,
    ...differing.slice(0, 10),
  ].join('\n');
}
