/**
 * The steps of a failing schedule as a table: one column a thread, `*` where memory changed, `⚡` where a thread was
 * preempted that could have gone on, and the place in the code.
 */
import type { Failure } from './failure.ts';
import { threadName } from '../trace/schedule-string.ts';
import type { TraceEntry } from '../trace/tracer.ts';

/** Loops of up to this many rows are shown once. */
const MAX_LOOP = 8;
const GAP = '  ';
const FLASH = '⚡';

interface Row {
  readonly step: string;
  readonly thread: number;
  readonly cell: string;
  readonly position: string;
}

/** The lines of the table. */
export function traceTable(failure: Failure): string[] {
  const rows = rowsOf(failure);
  const threads = failure.threads.length;
  const width = Math.max(...rows.map(({ cell }) => widthOf(cell)), 'thread a'.length);
  const column = (row: Row, thread: number): string => padded(row.thread === thread ? row.cell : '', width);
  const columns = Array.from({ length: threads }, (_, thread) => thread);
  const heading = columns.map((thread) => `thread ${threadName(thread)}`.padEnd(width)).join(GAP);
  const lines = rows.map((row) =>
    [row.step.padStart(4), ...columns.map((thread) => column(row, thread)), row.position].join(GAP).trimEnd(),
  );
  return [['step', heading, 'at'].join(GAP), ...lines];
}

/** Columns of a terminal: the flash takes two. */
const widthOf = (cell: string): number => cell.length + (cell.includes(FLASH) ? 1 : 0);

const padded = (cell: string, width: number): string => cell + ' '.repeat(width - widthOf(cell));

function rowsOf(failure: Failure): Row[] {
  const preemptedAt = new Set(failure.preemptedAt);
  const rows: Row[] = [];
  let lastStep = -1;
  for (let at = 0; at < failure.trace.length;) {
    const { length, more } = loopAt(failure.trace, at);
    for (const entry of failure.trace.slice(at, at + length)) {
      const begins = entry.step !== lastStep;
      lastStep = entry.step;
      rows.push(rowOf(entry, begins, begins && preemptedAt.has(entry.step)));
    }
    if (more > 0) rows.push(ellipsis(failure.trace[at], more));
    at += length * (more + 1);
  }
  return rows;
}

function rowOf(entry: TraceEntry, begins: boolean, preempts: boolean): Row {
  return {
    step: begins ? String(entry.step + 1) : '',
    thread: entry.thread,
    cell: (preempts ? `${FLASH} ` : '') + describeEntry(entry),
    position: entry.position,
  };
}

const ellipsis = (entry: TraceEntry | undefined, more: number): Row => ({
  step: '',
  thread: entry?.thread ?? 0,
  cell: `… ${more} times more`,
  position: '',
});

/** `compareExchange 4 (lock) 0→1: 1 *`: operation, byte address, operands, result, and whether memory changed. */
export function describeEntry(entry: TraceEntry): string {
  const { operation, address, place = String(address), name, expected, operand, value, changed } = entry;
  if (operation === 'die') return 'dies †';
  if (operation === 'timeout') return 'timeout fires';
  const where = operation === 'exit' ? '' : ` ${place}${name === undefined ? '' : ` (${name})`}`;
  const operands = [expected, operand].filter((part) => part !== undefined).join('→');
  const given = operands === '' ? '' : ` ${operands}`;
  const result = value === undefined ? '' : `${given === '' ? ' ' : ' = '}${value}`;
  return `${operation}${where}${given}${result}${changed ? ' *' : ''}`;
}

/** How many rows from `at` on form a loop that is repeated at least twice, and how often; one row, no more, for none. */
function loopAt(trace: readonly TraceEntry[], at: number): { length: number; more: number } {
  for (let length = 1; length <= MAX_LOOP; length++) {
    let more = 0;
    while (isRepeated(trace, at, length, more + 1)) more++;
    if (more >= 2) return { length, more };
  }
  return { length: 1, more: 0 };
}

function isRepeated(trace: readonly TraceEntry[], at: number, length: number, round: number): boolean {
  for (let offset = 0; offset < length; offset++) {
    const first = trace[at + offset];
    const again = trace[at + round * length + offset];
    if (first === undefined || again === undefined || !isSame(first, again)) return false;
  }
  return true;
}

const isSame = (one: TraceEntry, other: TraceEntry): boolean =>
  one.thread === other.thread && one.position === other.position && describeEntry(one) === describeEntry(other);
