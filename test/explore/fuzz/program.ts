/**
 * Small random programs: a few threads, each a list of instructions on a few shared words. What a thread finds goes into
 * a hash of its own, so that programs tell apart all that their threads can see.
 */

/** Words that the threads share. */
export const WORDS = 3;

/** One instruction; `word` is one of the shared words. */
export type Instruction =
  | { readonly kind: 'load'; readonly word: number }
  | { readonly kind: 'store'; readonly word: number; readonly value: number }
  | {
      readonly kind: 'update';
      readonly update: 'add' | 'sub' | 'and' | 'or' | 'xor' | 'exchange';
      readonly word: number;
      readonly value: number;
    }
  | { readonly kind: 'compareExchange'; readonly word: number; readonly expected: number; readonly value: number }
  /** Sleeps while the word has the value; no timeout is for ever. */
  | { readonly kind: 'wait'; readonly word: number; readonly value: number; readonly timeout: number | null }
  | { readonly kind: 'notify'; readonly word: number; readonly count: number | null }
  /** Starts a promise; `await` waits for the oldest that was not awaited yet. */
  | { readonly kind: 'waitAsync'; readonly word: number; readonly value: number; readonly timeout: number | null }
  | { readonly kind: 'await' }
  | { readonly kind: 'delay'; readonly timeout: number }
  /** Reads until the word has the value. */
  | { readonly kind: 'spin'; readonly word: number; readonly value: number }
  /** Reads two words in turn until one has its value. */
  | {
      readonly kind: 'spinPair';
      readonly word: number;
      readonly value: number;
      readonly second: number;
      readonly secondValue: number;
    }
  /** Notifies at another word between the reads. */
  | { readonly kind: 'spinNotify'; readonly word: number; readonly value: number; readonly second: number }
  | { readonly kind: 'spinExchange'; readonly word: number; readonly expected: number; readonly value: number }
  /** Reads until the word has the value, but only so many times, and notes how often it did. */
  | { readonly kind: 'poll'; readonly word: number; readonly value: number; readonly rounds: number }
  | {
      readonly kind: 'pollExchange';
      readonly word: number;
      readonly expected: number;
      readonly value: number;
      readonly rounds: number;
    }
  /** Reads so many times in a row, whatever it finds, and notes the sum. */
  | { readonly kind: 'reread'; readonly word: number; readonly rounds: number };

/** One list of instructions per thread. */
export interface Program {
  readonly seed: number;
  readonly threads: readonly (readonly Instruction[])[];
}

/** What programs a search can compare in reasonable time. */
export interface Shape {
  readonly threads: number;
  /** The most instructions of a thread. */
  readonly length: number;
  /** Whether threads await promises and timers. */
  readonly async: boolean;
}

type Draw = (below: number) => number;

/** Numbers that a seed determines (mulberry32). */
export function numbers(seed: number): Draw {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Instructions that a program chooses among: few, so that they have to do with each other (swarm testing). */
const CHOSEN = 4;

/** The program that a seed determines. */
export function randomProgram(seed: number, { threads, length, async }: Shape): Program {
  const draw = numbers(seed);
  const words = 1 + draw(WORDS - 1);
  const makers = async ? [...MAKERS, ...ASYNC_MAKERS] : MAKERS;
  const theme = async ? SLEEPY : WAKEFUL;
  const chosen = draw(2) === 0 ? theme : Array.from({ length: CHOSEN }, () => makers[draw(makers.length)] ?? MAKERS[0]);
  const lists = Array.from({ length: threads }, () => {
    const count = 1 + draw(length);
    return Array.from({ length: count }, () => randomInstruction(draw, chosen, words));
  });
  return { seed, threads: lists };
}

/** Whether a thread must be an async function. */
export const isAsync = (thread: readonly Instruction[]): boolean =>
  thread.some(({ kind }) => kind === 'waitAsync' || kind === 'await' || kind === 'delay');

const UPDATES = ['add', 'sub', 'and', 'or', 'xor', 'exchange'] as const;

/** What instructions are made of. */
interface Parts {
  readonly draw: Draw;
  readonly word: number;
  readonly second: number;
  readonly value: number;
  readonly other: number;
  readonly rounds: number;
  readonly timeout: number | null;
}

type Maker = (parts: Parts) => Instruction;

const wait: Maker = ({ word, timeout }) => ({ kind: 'wait', word, value: 0, timeout });
const waitAsync: Maker = ({ word, timeout }) => ({ kind: 'waitAsync', word, value: 0, timeout });
const notify: Maker = ({ draw, word }) => ({ kind: 'notify', word, count: draw(3) === 0 ? null : draw(3) });
const notifyAll: Maker = ({ word }) => ({ kind: 'notify', word, count: null });
const awaitOldest: Maker = () => ({ kind: 'await' });
const delay: Maker = ({ draw }) => ({ kind: 'delay', timeout: 1 + draw(20) });
const store: Maker = ({ word, value }) => ({ kind: 'store', word, value });
const spin: Maker = ({ word, value }) => ({ kind: 'spin', word, value });
const spinNotify: Maker = ({ word, value, second }) => ({ kind: 'spinNotify', word, value, second });

const MAKERS: readonly [Maker, ...Maker[]] = [
  ({ word }) => ({ kind: 'load', word }),
  store,
  ({ word, other }) => ({ kind: 'store', word, value: other }),
  ({ draw, word, other }) => ({ kind: 'update', update: UPDATES[draw(UPDATES.length)] ?? 'add', word, value: other }),
  ({ word, value, other }) => ({ kind: 'compareExchange', word, expected: value, value: other }),
  ({ word, value, timeout }) => ({ kind: 'wait', word, value, timeout }),
  ({ word, value }) => ({ kind: 'wait', word, value, timeout: null }),
  notify,
  notifyAll,
  spin,
  spinNotify,
  ({ word, value, second, other }) => ({ kind: 'spinPair', word, value, second, secondValue: other }),
  ({ word, value, other }) => ({ kind: 'spinExchange', word, expected: value, value: other }),
  ({ word, other, rounds }) => ({ kind: 'poll', word, value: other, rounds }),
  ({ word, value, other, rounds }) => ({ kind: 'pollExchange', word, expected: value, value: other, rounds }),
  ({ word, rounds }) => ({ kind: 'reread', word, rounds }),
];
const ASYNC_MAKERS: readonly Maker[] = [waitAsync, waitAsync, awaitOldest, awaitOldest, delay];

/** What has most to do with each other among threads that sleep, and among those that spin beside sleepers. */
const SLEEPY: readonly Maker[] = [waitAsync, waitAsync, awaitOldest, awaitOldest, wait, notifyAll, notifyAll, delay];
const WAKEFUL: readonly Maker[] = [wait, notify, notifyAll, spin, spinNotify, store];

function randomInstruction(draw: Draw, makers: readonly Maker[], words: number): Instruction {
  const parts: Parts = {
    draw,
    word: draw(words),
    second: draw(WORDS),
    value: draw(2),
    other: draw(3),
    rounds: 3 + draw(4),
    timeout: draw(2) === 0 ? null : draw(4) * 5,
  };
  const maker = makers[draw(makers.length)] ?? MAKERS[0];
  return maker(parts);
}
