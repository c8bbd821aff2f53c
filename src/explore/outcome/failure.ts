/**
 * A failing schedule: what went wrong, the schedule as a string, every step, and how each thread ended.
 */
import { DEATH, Flag, Status, Verdict, Word, type Board } from '../engine/board.ts';
import { describeKey } from '../engine/operation.ts';
import { threadName } from '../trace/schedule-string.ts';
import type { TraceEntry } from '../trace/tracer.ts';

/** What can go wrong. */
export type FailureKind =
  /** Threads sleep and nobody is left to wake them. */
  | 'deadlock'
  /** Threads spin on what nobody changes, or a schedule has no end. */
  | 'livelock'
  /** A thread threw. */
  | 'exception'
  /** `check` threw. */
  | 'check'
  /** Two accesses, not both atomic, with no order between them. */
  | 'race'
  /** A thread loops without any operation on the buffer. */
  | 'endless-loop'
  /** The same schedule went another way when it was run again. */
  | 'nondeterminism';

/** The kind of each failing verdict. */
export const KINDS: Readonly<Record<number, FailureKind>> = {
  [Verdict.DEADLOCK]: 'deadlock',
  [Verdict.LIVELOCK]: 'livelock',
  [Verdict.EXCEPTION]: 'exception',
  [Verdict.CHECK]: 'check',
  [Verdict.RACE]: 'race',
  [Verdict.NONDETERMINISM]: 'nondeterminism',
};

/** A failing schedule. */
export interface Failure {
  readonly kind: FailureKind;
  /** What went wrong, in one line. */
  readonly message: string;
  /** The schedule string, for `replay`. */
  readonly schedule: string;
  /** Hash over all steps with their values, 8 hexadecimal digits. */
  readonly traceHash: string;
  readonly preemptions: number;
  readonly trace: readonly TraceEntry[];
  /** Steps, from 0, at which a thread was preempted that could have gone on. */
  readonly preemptedAt: readonly number[];
  /** How each thread ended, a first. */
  readonly threads: readonly string[];
}

/** Names the byte of an address. */
export type PlaceOf = (address: number) => string;

/** The hash of the schedule on the board as text. */
export const hashText = (board: Board): string => (board.words[Word.HASH] >>> 0).toString(16).padStart(8, '0');

/** What went wrong, from the board; `thrown` is the text of what was thrown. */
export function describeVerdict(
  board: Board,
  thrown: string | undefined,
  trace: readonly TraceEntry[],
  placeOf: PlaceOf,
): string {
  const { words } = board;
  const who = words[Word.FAILED_THREAD] >= 0 ? `thread ${threadName(words[Word.FAILED_THREAD])}` : 'a thread';
  switch (words[Word.VERDICT]) {
    case Verdict.DEADLOCK:
      return 'every thread that has not ended sleeps, and nobody is left to wake it';
    case Verdict.LIVELOCK:
      return words[Word.STEP] >= board.maxSteps
        ? `the schedule had no end after ${board.maxSteps} steps`
        : 'the threads that are left spin on memory that nobody changes';
    case Verdict.EXCEPTION:
      return `${who} threw ${thrown ?? 'something'}`;
    case Verdict.CHECK:
      return `check threw ${thrown ?? 'something'}`;
    case Verdict.RACE:
      return describeRace(board, trace, placeOf);
    case Verdict.NONDETERMINISM:
      return describeDivergence(board, placeOf);
    default:
      return 'nothing went wrong';
  }
}

/** Where a given schedule and the program parted: `step 12: expected compareExchange@0, got load@68`. */
export function describeDivergence(board: Board, placeOf: PlaceOf): string {
  const { words, keys, chosen } = board;
  const step = words[Word.DIVERGED_AT];
  const expected = describeKey(keys[step], placeOf);
  const got = words[Word.DIVERGED_KEY];
  const thread = threadName(chosen[step] & ~DEATH);
  if (got === -1) return `step ${step + 1}: expected ${expected} of thread ${thread}, which cannot run there`;
  if (got === keys[step]) return `step ${step + 1}: ${expected} as expected, but with another value`;
  return `step ${step + 1}: expected ${expected}, got ${describeKey(got, placeOf)}`;
}

function describeRace(board: Board, trace: readonly TraceEntry[], placeOf: PlaceOf): string {
  const { words } = board;
  const address = words[Word.RACE_ADDRESS];
  const touching = trace.filter(({ address: at, size }) => at <= address && address < at + size);
  const later = touching.findLast(({ thread }) => thread === words[Word.FAILED_THREAD]);
  const earlier = touching.findLast((entry) => later !== undefined && conflicts(entry, later));
  const byte = `byte ${placeOf(address)}`;
  const at = later?.name === undefined ? byte : `${byte} (${later.name})`;
  if (later === undefined || earlier === undefined) return `two accesses to ${at} have no order`;
  return `at ${at}, ${describeAccess(later)} has no order with ${describeAccess(earlier)}`;
}

const READS = new Set(['read', 'load', 'wait', 'byteLength']);
const PLAIN = new Set(['read', 'write']);

function conflicts(one: TraceEntry, other: TraceEntry): boolean {
  const writes = !READS.has(one.operation) || !READS.has(other.operation);
  return one.thread !== other.thread && writes && (PLAIN.has(one.operation) || PLAIN.has(other.operation));
}

const describeAccess = ({ operation, thread, position }: TraceEntry): string =>
  `the ${operation} of thread ${threadName(thread)}${position === '' ? '' : ` (${position})`}`;

/** How each thread ended, in words. */
export function describeThreads(board: Board, threads: number, placeOf: PlaceOf): string[] {
  return Array.from({ length: threads }, (_, thread) => describeEnd(board, thread, placeOf));
}

function describeEnd(board: Board, thread: number, placeOf: PlaceOf): string {
  const operation = describeKey(board.key[thread], placeOf);
  switch (board.endedAs[thread]) {
    case Status.UNSTARTED:
      return 'had not begun';
    case Status.WAITING:
      return `asleep in ${operation}`;
    case Status.AWAITING:
      return 'awaits what nobody does';
    case Status.SPINNING:
      return `spinning, before ${operation}`;
    case Status.DEAD:
      return `died before its operation ${board.diedAt[board.diedThread.indexOf(thread)]}`;
    case Status.DONE:
      return thread === board.words[Word.FAILED_THREAD] && board.words[Word.VERDICT] === Verdict.EXCEPTION
        ? 'threw'
        : 'ended';
    default:
      return thread === board.words[Word.FAILED_THREAD]
        ? `failed in ${operation}`
        : `had more to do, before ${operation}`;
  }
}

/** The steps at which another thread was chosen although the one before could have gone on. */
export function preemptionsOf(board: Board, trace: readonly TraceEntry[]): number[] {
  const steps = new Set(trace.map(({ step }) => step));
  return [...steps].filter((step) => {
    const costs = (board.flags[step] & (Flag.COSTS | Flag.FIRES)) === Flag.COSTS;
    return costs && (board.chosen[step] & ~DEATH) !== board.previous[step];
  });
}
