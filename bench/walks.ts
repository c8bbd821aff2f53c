/**
 * `bench walks`: walks over a heap of many blocks: how long `stats`, `blocks`, `freeRuns` and `check` take, and for how
 * long they keep others from the lock at a time. All but `check` walk in slices, so the longest hold stays the same
 * however large the heap is.
 */
import { Command } from 'commander';
import { MemoryManager } from '../src/index.ts';
import { LockedTable } from '../src/table/locked-table.ts';
import { addEffortOptions, notesFor, roundsOf, type EffortOptions } from './measure/effort-options.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';

type WalksOptions = EffortOptions & ReportOptions;

interface Result {
  readonly heap: string;
  readonly blocks: number;
  readonly walk: string;
  /** Nanoseconds of the quickest call. */
  readonly total: number;
  /** Nanoseconds of the longest of its holds, each taken from the round in which nothing disturbed it. */
  readonly longestHold: number;
}

const SIZES = [100_000, 1_000_000];
const QUICK_SIZES = [10_000];
/** Bytes of a block, by heap: slots of 64 bytes in slabs, and blocks of the table. */
const HEAPS = [
  { name: 'slabs', slabs: true, blockBytes: 64 },
  { name: 'table', slabs: false, blockBytes: 16 },
] as const;
/** Every so many-th block is given back, so that there are free runs to walk over. */
const FREED = 8;
const PROMISED_HOLD_NS = 100_000;

const WALKS: readonly (readonly [name: string, walk: (heap: MemoryManager) => unknown])[] = [
  ['stats', (heap) => heap.stats()],
  ['stats, quick', (heap) => heap.stats({ quick: true })],
  ['blocks', (heap) => heap.blocks()],
  ['blocks, and look at each', (heap) => countOf(heap.blocks())],
  ['freeRuns', (heap) => heap.freeRuns()],
  ['check', (heap) => heap.check()],
];

export const command: Command = addReportOptions(addEffortOptions(new Command('walks'), 9))
  .description('walks over a million blocks: how long they take, and hold the lock')
  .action(run);

async function run(options: WalksOptions): Promise<void> {
  const sizes = options.quick === true ? QUICK_SIZES : SIZES;
  const results = HEAPS.flatMap((heap) => sizes.flatMap((blocks) => measure(heap, blocks, roundsOf(options))));
  const sliced = results.filter(({ walk }) => walk !== 'check');
  const longest = Math.max(...sliced.map(({ longestHold }) => longestHold));
  const verdict = longest <= PROMISED_HOLD_NS ? 'kept' : 'BROKEN';
  const notes = [`longest hold but for check: ${microseconds(longest)} µs (promised: about 100: ${verdict})`];
  const table = { head: HEAD, rows: results.map(rowOf), notes: notesFor(options, notes) };
  await report({ bench: 'walks', ...table, results, effort: { rounds: roundsOf(options) } }, options);
}

function measure({ name, slabs, blockBytes }: (typeof HEAPS)[number], blocks: number, rounds: number): Result[] {
  const heap = new MemoryManager(blocks * blockBytes * 2, { slabs });
  const addresses = Array.from({ length: blocks }, () => heap.allocate(blockBytes)!);
  for (let index = 0; index < blocks; index += FREED) heap.deallocate(addresses[index]);
  const best = WALKS.map(() => ({ total: Infinity, holds: [] as number[] }));
  const holds = new Holds();
  for (let round = 0; round <= rounds; round++) {
    for (const [index, [, walk]] of WALKS.entries()) {
      const { total, lengths } = holds.during(() => walk(heap));
      best[index].total = Math.min(best[index].total, total);
      best[index].holds = lengths.map((length, slice) => Math.min(length, best[index].holds[slice] ?? Infinity));
    }
  }
  holds.end();
  heap.detach();
  return WALKS.map(([walk], index) => {
    const { total, holds: lengths } = best[index];
    return { heap: name, blocks, walk, total, longestHold: Math.max(0, ...lengths) };
  });
}

/** Measures every hold of the lock of a table. Nobody else wants it, so taking it takes no time. */
class Holds {
  readonly #original: PropertyDescriptor = Object.getOwnPropertyDescriptor(LockedTable.prototype, 'run')!;
  #lengths: number[] = [];

  constructor() {
    const original = this.#original.value as (this: LockedTable, ...args: unknown[]) => unknown;
    const note = (start: bigint) => this.#lengths.push(Number(process.hrtime.bigint() - start));
    const value = function measured(this: LockedTable, ...args: unknown[]): unknown {
      const start = process.hrtime.bigint();
      const result = original.apply(this, args);
      note(start);
      return result;
    };
    Object.defineProperty(LockedTable.prototype, 'run', { ...this.#original, value });
  }

  /** How long `act` takes, and each hold in it; the same work is in the same hold at every call. */
  during(act: () => unknown): { total: number; lengths: number[] } {
    this.#lengths = [];
    const start = process.hrtime.bigint();
    act();
    return { total: Number(process.hrtime.bigint() - start), lengths: this.#lengths };
  }

  end(): void {
    Object.defineProperty(LockedTable.prototype, 'run', this.#original);
  }
}

function countOf(things: Iterable<unknown>): number {
  let count = 0;
  for (const _ of things) count++;
  return count;
}

const HEAD = ['heap', 'blocks', 'walk', 'ms', 'longest hold, µs'];

const microseconds = (nanoseconds: number) => (nanoseconds / 1e3).toFixed(1);

function rowOf({ heap, blocks, walk, total, longestHold }: Result): string[] {
  return [heap, blocks.toLocaleString('en'), walk, (total / 1e6).toFixed(2), microseconds(longestHold)];
}
