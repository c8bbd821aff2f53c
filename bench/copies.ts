/**
 * `bench copies`: `write` and `read` of long data, where the two sides lie alike modulo eight bytes, and where they are
 * off by four, each beside a plain `TypedArray.prototype.set` between the same places.
 */
import { Command } from 'commander';
import { MemoryManager } from '../src/index.ts';
import { addEffortOptions, notesFor, roundsOf, type EffortOptions } from './measure/effort-options.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';

type CopiesOptions = EffortOptions & ReportOptions;

interface Result {
  readonly bytes: number;
  /** Nanoseconds of one copy, by what was copied how. */
  readonly nanoseconds: Readonly<Record<string, number>>;
}

const SIZES = [64, 512, 4096, 65_536, 1_048_576];
const QUICK_SIZES = [512];
/** Bytes that a round copies. */
const ROUND_BYTES = 2 ** 22;
/** Promised: copies off by four take at most so much longer than those that are not. */
const PROMISE = 2;
/** From here on the promise holds: below, all copies take a tenth of a microsecond. */
const PROMISED_FROM_BYTES = 4096;

export const command: Command = addReportOptions(addEffortOptions(new Command('copies'), 15))
  .description('write and read of long data at addresses that are off by four, and that are not')
  .action(run);

async function run(options: CopiesOptions): Promise<void> {
  using heap = new MemoryManager(2 ** 23);
  const address = heap.allocate(2 ** 22, { alignment: 64 })!;
  const sizes = options.quick === true ? QUICK_SIZES : SIZES;
  const results = sizes.map((bytes) => measure(heap, address, bytes, roundsOf(options)));
  const worst = Math.max(...results.filter(({ bytes }) => bytes >= PROMISED_FROM_BYTES).flatMap(ratiosOf));
  const verdict = worst <= PROMISE ? 'kept' : 'BROKEN';
  const notes = [
    `off by four, of ${PROMISED_FROM_BYTES} bytes and more: at most ${worst.toFixed(2)} times as long ` +
      `(promised: ${PROMISE}: ${verdict})`,
  ];
  const head = ['bytes', ...COPIES.map(([name]) => `${name}, ns`)];
  const table = { head, rows: results.map(rowOf), notes: notesFor(options, notes) };
  await report({ bench: 'copies', ...table, results, effort: { rounds: roundsOf(options) } }, options);
}

type Copy = (heap: MemoryManager, address: number, data: Uint8Array<ArrayBuffer>, shared: Uint8Array) => unknown;

const COPIES: readonly (readonly [name: string, copy: Copy])[] = [
  ['write', (heap, address, data) => heap.write(address, data)],
  ['write + 4', (heap, address, data) => heap.write(address + 4, data)],
  ['set + 4', (_heap, address, data, shared) => shared.set(data, address + 4)],
  ['read', (heap, address, data) => heap.read(address, data.length)],
  ['read + 4', (heap, address, data) => heap.read(address + 4, data.length)],
  ['slice + 4', (_heap, address, data, shared) => shared.slice(address + 4, address + 4 + data.length)],
];

function measure(heap: MemoryManager, address: number, bytes: number, rounds: number): Result {
  const data = new Uint8Array(bytes).fill(7);
  const shared = new Uint8Array(heap.buffer);
  const repeats = Math.max(1, Math.floor(ROUND_BYTES / bytes / 16));
  const best = COPIES.map(() => Infinity);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, [, copy]] of COPIES.entries()) {
      const start = process.hrtime.bigint();
      for (let repeat = 0; repeat < repeats; repeat++) copy(heap, address, data, shared);
      best[index] = Math.min(best[index], Number(process.hrtime.bigint() - start) / repeats);
    }
  }
  return { bytes, nanoseconds: Object.fromEntries(COPIES.map(([name], index) => [name, best[index]])) };
}

function ratiosOf({ nanoseconds }: Result): number[] {
  return [nanoseconds['write + 4'] / nanoseconds['write'], nanoseconds['read + 4'] / nanoseconds['read']];
}

function rowOf({ bytes, nanoseconds }: Result): string[] {
  return [bytes.toLocaleString('en'), ...COPIES.map(([name]) => Math.round(nanoseconds[name]).toLocaleString('en'))];
}
