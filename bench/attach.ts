/**
 * `bench attach`: an attach and the detach that matches it, by what the thread had of the heap before: nothing, an
 * attachment that it has left, or one that it has still. "Posted" handles are buffer objects of their own, as each
 * message brings one.
 */
import { Command } from 'commander';
import { MemoryManager, type HeapHandle } from '../src/index.ts';
import { addEffortOptions, notesFor, roundsOf, type EffortOptions } from './measure/effort-options.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';

type AttachOptions = EffortOptions & ReportOptions;

interface Result {
  readonly byteLength: number;
  /** Nanoseconds of one pair, by what is measured. */
  readonly nanoseconds: Readonly<Record<string, number>>;
}

const SIZES = [2 ** 20, 2 ** 24, 2 ** 30];
/** Blocks in the heap, so that its thread has slabs. */
const BLOCKS = 1000;
/** Pairs of a round. */
const PAIRS = 1000;
const NEW_PAIRS = 5;
/** Promised: nanoseconds of a pair in a thread that was attached before. */
const PROMISE = 10_000;

export const command: Command = addReportOptions(addEffortOptions(new Command('attach'), 15))
  .description('attach and detach, as a new member and again')
  .action(run);

async function run(options: AttachOptions): Promise<void> {
  const sizes = options.quick === true ? SIZES.slice(0, 1) : SIZES;
  const results = sizes.map((byteLength) => measure(byteLength, roundsOf(options)));
  const worst = Math.max(...results.flatMap(({ nanoseconds }) => [nanoseconds['again'], nanoseconds['again, posted']]));
  const verdict = worst <= PROMISE ? 'kept' : 'BROKEN';
  const notes = [`attaching again takes at most ${Math.round(worst)} ns (promised: ${PROMISE}: ${verdict})`];
  const head = ['bytes', ...PAIRINGS.map(([name]) => `${name}, ns`)];
  const table = { head, rows: results.map(rowOf), notes: notesFor(options, notes) };
  await report({ bench: 'attach', ...table, results, effort: { rounds: roundsOf(options) } }, options);
}

interface Target {
  readonly handle: HeapHandle;
  readonly posted: readonly HeapHandle[];
}

/** Nanoseconds of one pair. */
type Pairing = (target: Target) => number;

const PAIRINGS: readonly (readonly [name: string, pairing: Pairing])[] = [
  [
    'as a new member',
    ({ handle }) => timeOf(NEW_PAIRS, () => MemoryManager.attach(handle, { liveness: newLiveness() })),
  ],
  ['again', ({ handle }) => timeOf(PAIRS, () => MemoryManager.attach(handle))],
  ['again, posted', ({ posted }) => timeOf(PAIRS, (index) => MemoryManager.attach(posted[index]))],
  ['still attached', stillAttached],
];

function stillAttached({ handle }: Target): number {
  using heap = MemoryManager.attach(handle);
  return timeOf(PAIRS, () => MemoryManager.attach(heap.handle));
}

/** With a liveness of its own a thread is a new one to the heap. It spares the look at who the thread is. */
function newLiveness(): { self: () => number; isAlive: () => boolean } {
  return { self: () => 1, isAlive: () => true };
}

function timeOf(pairs: number, attach: (index: number) => MemoryManager): number {
  const start = process.hrtime.bigint();
  for (let index = 0; index < pairs; index++) attach(index).detach();
  return Number(process.hrtime.bigint() - start) / pairs;
}

function measure(byteLength: number, rounds: number): Result {
  const heap = new MemoryManager(byteLength);
  for (let block = 0; block < BLOCKS; block++) heap.allocate(64);
  const { handle } = heap;
  heap.detach();
  const target: Target = { handle, posted: Array.from({ length: PAIRS }, () => structuredClone(handle)) };
  const best = PAIRINGS.map(() => Infinity);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, [, pairing]] of PAIRINGS.entries()) best[index] = Math.min(best[index], pairing(target));
  }
  return { byteLength, nanoseconds: Object.fromEntries(PAIRINGS.map(([name], index) => [name, best[index]])) };
}

function rowOf({ byteLength, nanoseconds }: Result): string[] {
  return [
    byteLength.toLocaleString('en'),
    ...PAIRINGS.map(([name]) => Math.round(nanoseconds[name]).toLocaleString('en')),
  ];
}
