/**
 * A schedule as text that can be copied from a report and replayed:
 *
 *     v1:<scenario>:<bytes>[:crash=a@7,b@3]:<runs>:<operations>:<steps>
 *     v1:treiber-stack:64:a3b2a4:l0.n8.c0:0x-1A.…
 *
 * - `bytes`: length of the shared buffer, so that a string is not replayed on another program by mistake
 * - `crash`: thread a dies right before its 7th operation; a death is the last step of its thread
 * - `runs`: the schedule itself: three steps of thread a, two of b, …; `a3~` tells that a steps back from a spin loop then
 * - `operations`: the distinct operations, each a letter and its byte address in base 36
 * - `steps`: for each step which of these it was (base 64, one digit, or two if there are more than 64), and two digits
 *   of the hash over all steps up to it, values included
 *
 * So a replay can tell the first step that is another operation, or the same with another value.
 */
import { DEATH, Loop, Word, type Board } from '../engine/board.ts';
import { codeOf, decodeKey, encodeKey, Operation } from '../engine/operation.ts';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** After a run: the thread steps back from a spin loop. */
const STEPS_BACK = '~';
const HASH_BITS = 12;
/** The bits of a step's hash that a schedule string keeps. */
export const STRING_HASH_MASK: number = -1 << (32 - HASH_BITS);

/** The name of a thread: a, b, c … */
export const threadName = (thread: number): string => String.fromCodePoint(97 + thread);

/** A parsed schedule string. */
export interface Schedule {
  readonly scenario: string;
  readonly bytes: number;
  readonly crashes: readonly { readonly thread: number; readonly operation: number }[];
  /** The choice of each step. */
  readonly choices: readonly number[];
  /** Steps before which the thread of the step before stepped back from a spin loop. */
  readonly steppedBack: readonly number[];
  readonly keys: readonly number[];
  /** The upper bits of the hash after each step. */
  readonly hashes: readonly number[];
}

/** A schedule string that cannot be read, or that belongs to another scenario. */
export class ScheduleStringError extends Error {
  override readonly name = 'ScheduleStringError';
}

/** The schedule on the board as text. */
export function encodeSchedule(board: Board, scenario: string, bytes: number): string {
  const length = board.words[Word.STEP];
  const keys = [...board.keys.subarray(0, length)];
  const operations = [...new Set(keys)];
  const width = operations.length > DIGITS.length ? 2 : 1;
  const steps = keys.map((key, step) => {
    const hash = (board.hashes[step] >>> (32 - HASH_BITS)) & 0xfff;
    return digits(operations.indexOf(key), width) + digits(hash, 2);
  });
  const crashes = crashText(board);
  const parts = ['v1', scenario, String(bytes), ...(crashes === '' ? [] : [`crash=${crashes}`])];
  return [...parts, runText(board, length), operations.map(encodeKey).join('.'), steps.join('')].join(':');
}

/** The choices of the schedule on the board, which tell it from any other. */
export function pathText(board: Board): string {
  const crashes = crashText(board);
  return runText(board, board.words[Word.STEP]) + (crashes === '' ? '' : `:crash=${crashes}`);
}

/** @throws ScheduleStringError */
export function decodeSchedule(text: string): Schedule {
  const parts = text.trim().split(':');
  if (parts[0] !== 'v1') throw new ScheduleStringError(`not a schedule string: it does not begin with v1`);
  const crash = (parts[3] ?? '').startsWith('crash=') ? parts.splice(3, 1)[0] : undefined;
  if (parts.length !== 6) throw new ScheduleStringError(`not a schedule string: ${parts.length} parts in place of 6`);
  const [, scenario = '', bytes = '', runs = '', operations = '', steps = ''] = parts;
  const crashes = decodeCrashes(crash);
  const keys = operations === '' ? [] : operations.split('.').map(decodeOperation);
  const { indexes, hashes } = decodeSteps(steps, keys.length > DIGITS.length ? 2 : 1);
  const { threads, steppedBack } = decodeRuns(runs);
  const stepKeys = indexes.map((index) => keys[index] ?? badPart('operations', operations));
  if (threads.length !== stepKeys.length) badPart('runs', runs);
  const choices = threads.map((thread, step) =>
    codeOf(stepKeys[step] ?? 0) === Operation.DIE ? thread | DEATH : thread,
  );
  return { scenario, bytes: Number(bytes), crashes, choices, steppedBack, keys: stepKeys, hashes };
}

/** Puts a schedule on the board as the prefix of what comes next. */
export function placeSchedule(board: Board, schedule: Schedule): void {
  if (schedule.choices.length > board.maxSteps) {
    throw new ScheduleStringError(`the schedule has more than ${board.maxSteps} steps; raise maxSteps`);
  }
  board.chosen.set(schedule.choices);
  board.keys.set(schedule.keys);
  board.hashes.set(schedule.hashes);
  board.flags.fill(0);
  board.spin.fill(Loop.NONE);
  for (const step of schedule.steppedBack) board.spin[step] = Loop.ENDLESS;
  board.words[Word.PREFIX] = schedule.choices.length;
  board.words[Word.SPIN_KNOWN] = schedule.choices.length;
  board.words[Word.CHECKED] = schedule.choices.length;
  board.words[Word.CHECKED_FROM] = 0;
  board.words[Word.HASH_MASK] = STRING_HASH_MASK;
}

function crashText(board: Board): string {
  const deaths = board.words[Word.DEATHS];
  return Array.from({ length: deaths }, (_, death) => {
    return `${threadName(board.diedThread[death])}@${board.diedAt[death]}`;
  }).join(',');
}

/** `a3~b2`: threads, each with the number of steps it takes in a row; after a tilde it steps back from a spin loop. */
function runText(board: Board, length: number): string {
  let text = '';
  for (let step = 0; step < length;) {
    const thread = board.chosen[step] & ~DEATH;
    let end = step;
    do end++;
    while (end < length && (board.chosen[end] & ~DEATH) === thread && board.spin[end] !== Loop.ENDLESS);
    const stepsBack = end < length && board.spin[end] === Loop.ENDLESS;
    text += `${threadName(thread)}${end - step}${stepsBack ? STEPS_BACK : ''}`;
    step = end;
  }
  return text;
}

function decodeRuns(text: string): { threads: number[]; steppedBack: number[] } {
  if (!/^([a-o]\d+~?)+$/.test(text)) badPart('runs', text);
  const threads: number[] = [];
  const steppedBack: number[] = [];
  for (const [, thread = '', count, mark] of text.matchAll(/([a-o])(\d+)(~?)/g)) {
    for (let step = 0; step < Number(count); step++) threads.push((thread.codePointAt(0) ?? 0) - 97);
    if (mark === STEPS_BACK) steppedBack.push(threads.length);
  }
  return { threads, steppedBack };
}

function decodeCrashes(text: string | undefined): Schedule['crashes'] {
  if (text === undefined) return [];
  return text
    .slice('crash='.length)
    .split(',')
    .map((crash) => {
      const match = /^([a-o])@(\d+)$/.exec(crash) ?? badPart('crash', text);
      return { thread: (match[1]?.codePointAt(0) ?? 0) - 97, operation: Number(match[2]) };
    });
}

const decodeOperation = (text: string): number => decodeKey(text) ?? badPart('operations', text);

function decodeSteps(text: string, width: number): { indexes: number[]; hashes: number[] } {
  const size = width + 2;
  if (text.length % size !== 0) badPart('steps', text);
  const numbers = Array.from(text, (digit) => DIGITS.indexOf(digit));
  if (numbers.includes(-1)) badPart('steps', text);
  const number = (start: number, length: number): number =>
    numbers.slice(start, start + length).reduce((sum, digit) => sum * 64 + digit, 0);
  const starts = Array.from({ length: text.length / size }, (_, step) => step * size);
  return {
    indexes: starts.map((start) => number(start, width)),
    hashes: starts.map((start) => number(start + width, 2) << (32 - HASH_BITS)),
  };
}

function digits(value: number, width: number): string {
  return width === 1 ? (DIGITS[value] ?? '') : (DIGITS[value >>> 6] ?? '') + (DIGITS[value & 63] ?? '');
}

function badPart(name: string, text: string): never {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  throw new ScheduleStringError(`not a schedule string: its ${name} cannot be read: ${shown}`);
}
