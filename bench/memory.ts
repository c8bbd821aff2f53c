/**
 * `bench memory`: what a heap takes for what a program asks. Each trace is replayed by one thread, and by four or by as
 * many copies as that takes; `peak used` is what was taken from the table, slabs with their free slots included, and
 * `peak live` the bytes that the program had asked for, both at their greatest. The growth of the process includes
 * bookkeeping and what the engine takes, and is set beside that of a native process with mimalloc. How threads
 * interleave is chance, and with it how far the peaks of copies coincide: of several rounds the median is shown.
 */
import { Command } from 'commander';
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTrace } from '../src/stress/traces/trace-reader.ts';
import type { Trace } from '../src/stress/traces/trace.ts';
import { addEffortOptions, notesFor, roundsOf, type EffortOptions } from './measure/effort-options.ts';
import type { MemoryFigures } from './memory/memory-process.ts';
import { replayNatively, replayOnHeap } from './memory/replays.ts';
import { findAllocators } from './native/allocators.ts';
import { Harness } from './native/harness.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';

type MemoryOptions = EffortOptions & ReportOptions;

interface Result extends MemoryFigures {
  readonly trace: string;
  /** Peak used over peak live bytes. */
  readonly ratio: number;
  /** By which a native process with mimalloc grows; undefined where there is none. */
  readonly mimalloc: number | undefined;
}

const TRACES = fileURLToPath(new URL('../../examples/traces/', import.meta.url));
/** Peak used bytes are at most so many times the peak live bytes, where those are more than `FROM`. */
const PROMISES: readonly { readonly threads: number; readonly times: number }[] = [
  { threads: 1, times: 1.3 },
  { threads: 4, times: 1.75 },
];
const MIB = 2 ** 20;
const FROM = 4 * MIB;

export const command: Command = addReportOptions(addEffortOptions(new Command('memory'), 5))
  .description('bytes used for the bytes that the traces of programs ask for')
  .argument('[files...]', 'further traces')
  .action(run);

async function run(files: string[], options: MemoryOptions): Promise<void> {
  await using harness = await Harness.compile().catch(() => null);
  const own = readdirSync(TRACES).filter((name) => name.endsWith('.trace.gz'));
  const known = own.map((name) => `${TRACES}${name}`);
  const results: Result[] = [];
  const notes: string[] = [];
  for (const file of options.quick === true ? known.slice(-1) : [...known, ...files]) {
    const trace = await readTrace(file);
    for (const { threads, times } of PROMISES) {
      const result = await measure(file, trace, threads, harness, roundsOf(options));
      results.push(result);
      if (result.peakLive > FROM) notes.push(noteOn(result, times));
    }
  }
  const table = { head: HEAD, rows: results.map(rowOf), notes: notesFor(options, notes) };
  await report({ bench: 'memory', ...table, results, effort: { rounds: roundsOf(options) } }, options);
}

const ratioOf = ({ peakUsed, peakLive }: MemoryFigures) => peakUsed / peakLive;

async function measure(
  file: string,
  trace: Trace,
  threads: number,
  harness: Harness | null,
  rounds: number,
): Promise<Result> {
  const runs: MemoryFigures[] = [];
  for (let round = 0; round < rounds; round++) runs.push(await replayOnHeap(file, threads));
  const median = runs.toSorted((a, b) => ratioOf(a) - ratioOf(b))[rounds >> 1];
  const mimalloc = findAllocators().found.find(({ name }) => name === 'mimalloc');
  const native =
    harness === null || mimalloc === undefined
      ? undefined
      : await replayNatively(trace, median.copies, harness, mimalloc);
  return { trace: basename(file, '.trace.gz'), ratio: ratioOf(median), mimalloc: native, ...median };
}

function noteOn({ trace, threads, ratio }: Result, times: number): string {
  const verdict = ratio <= times ? 'kept' : 'BROKEN';
  return `${trace}, threads: ${threads}: uses ${ratio.toFixed(2)} times what is live (promised: at most ${times}: ${verdict})`;
}

const HEAD = [
  'trace',
  'threads',
  'peak live MiB',
  'peak used MiB',
  'used / live',
  'touched MiB',
  'of it bookkeeping',
  'process grows by MiB',
  'with mimalloc',
];

function rowOf(result: Result): string[] {
  const { trace, threads, peakLive, peakUsed, ratio, touched, bookkeeping, resident, mimalloc } = result;
  const sizes = [touched, bookkeeping, resident, mimalloc].map(mebibytes);
  return [trace, String(threads), mebibytes(peakLive), mebibytes(peakUsed), ratio.toFixed(2), ...sizes];
}

function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? '–' : (bytes / MIB).toFixed(2);
}
