/**
 * `bench image`: how long it takes to save a heap of 512 MiB of which 110 MiB live, and to load it.
 */
import { Command } from 'commander';
import { bytes } from '../src/quantity.ts';
import { Loading, mixedHeap, Saving } from './image/images.ts';
import { alternate, isFailure, type Outcome } from './measure/alternate.ts';
import { addEffortOptions, notesFor, roundsOf, type EffortOptions } from './measure/effort-options.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';

type ImageBenchOptions = EffortOptions & ReportOptions;

const MIB = 2 ** 20;
const SIZES = { heap: 512 * MIB, live: 110 * MIB };
const QUICK_SIZES = { heap: 16 * MIB, live: 4 * MIB };

/** What is promised of an image that is not compressed. */
const PROMISES: Record<string, number> = { save: 1500, load: 3000 };

interface Result {
  readonly name: string;
  readonly imageBytes: number;
  readonly liveBytes: number;
  /** Nanoseconds. */
  readonly outcome: Outcome;
}

export const command: Command = addReportOptions(addEffortOptions(new Command('image'), 7))
  .description('time to save a heap of 512 MiB of which 110 MiB live, and to load it')
  .action(run);

async function run(options: ImageBenchOptions): Promise<void> {
  const results = await measure(options);
  const table = { head: HEAD, rows: results.map(rowOf), notes: notesFor(options, results.flatMap(notesOn)) };
  await report({ bench: 'image', ...table, results, effort: { rounds: roundsOf(options) } }, options);
}

async function measure(options: ImageBenchOptions): Promise<Result[]> {
  const sizes = options.quick === true ? QUICK_SIZES : SIZES;
  const heap = mixedHeap(sizes.heap, sizes.live);
  const savings = [new Saving(heap, false), new Saving(heap, true)];
  const names = ['save', 'load', 'save, compressed', 'load, compressed'];
  const contestants = savings.flatMap((saving) => [saving, new Loading(saving)]);
  const entries = contestants.map((contestant) => () => Promise.resolve(contestant));
  const outcomes = await alternate(entries, { rounds: roundsOf(options), perRound: 1, warmUp: 1 });
  return outcomes.map((outcome, index) => {
    const { imageBytes, liveBytes } = savings[Math.floor(index / 2)];
    return { name: names[index], imageBytes, liveBytes, outcome };
  });
}

function notesOn({ name, outcome }: Result): string[] {
  const promised = PROMISES[name];
  if (promised === undefined || isFailure(outcome)) return [];
  const took = outcome.minimum / 1e6;
  return [`${name}: ${took.toFixed(0)} ms (promised: at most ${promised}: ${took <= promised ? 'kept' : 'BROKEN'})`];
}

const HEAD = ['what', 'live', 'image', 'minimum ms', 'median', 'maximum'];

function rowOf({ name, liveBytes, imageBytes, outcome }: Result): string[] {
  const cells = isFailure(outcome)
    ? [`fails: ${outcome.failure}`, '', '']
    : [outcome.minimum, outcome.median, outcome.maximum].map((nanoseconds) => (nanoseconds / 1e6).toFixed(0));
  return [name, bytes(liveBytes), bytes(imageBytes), ...cells];
}
