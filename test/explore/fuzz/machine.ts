/**
 * An interpreter of programs in one thread, independent of the explorer: the state of all threads as plain data, which can
 * be copied, compared and run step by step. It knows what the explorer cannot see, the variables of a thread.
 */
import { WORDS, type Instruction, type Program } from './program.ts';
import { digestOf, mixed, RESULTS } from './thread-code.ts';

/** States of a thread. */
export type Mode = 'new' | 'ready' | 'woken' | 'waiting' | 'awaiting' | 'spinning' | 'done' | 'dead';

/** An operation before which a thread stands. */
export interface Operation {
  readonly code: string;
  readonly word: number;
  readonly operand: number;
  readonly second: number;
}

/** A thread. */
export interface Thread {
  mode: Mode;
  /** Its next instruction, and how far it is in it. */
  at: number;
  round: number;
  sum: number;
  hash: number;
  /** Entries of promises that it has not awaited yet, those that are settled, and the one that it awaits. */
  promises: number[];
  settled: Record<number, number>;
  awaited: number | undefined;
  /** What it read since it last changed something. */
  history: { key: string; value: number }[];
  /**
   * Places of the loop that it is in and that is known to end, in its first round, the steps that it took there, and those
   * since it was last at the first place; undefined for none.
   */
  ending: { readonly places: readonly string[]; readonly stepped: number; readonly away: number } | undefined;
  /** Why a spinning thread goes on though nothing changed: 0 for no such reason. */
  persists: 0 | 1 | 2;
  /** What a spinning thread is woken by: words, and words with a minus sign for sleepers there. */
  wakers: string[];
}

/** Somebody who sleeps, or a timer (word −1). */
export interface Entry {
  readonly thread: number;
  readonly word: number;
  /** 0 for `wait`. */
  readonly id: number;
  readonly deadline: number;
  /** Result, and its place among all that were settled; undefined while it sleeps. */
  settled: { readonly result: number; readonly order: number } | undefined;
}

/** All there is. */
export interface State {
  memory: number[];
  threads: Thread[];
  queue: Entry[];
  clock: number;
  settledCount: number;
  lastId: number;
  current: number;
  deaths: number;
  /** Threads that looked again in vain, for the first and for the last time. */
  spunOut: Set<number>;
  wornOut: Set<number>;
}

/** What a thread comes to after its own code has run. */
export type Arrival =
  { readonly kind: 'operation'; readonly operation: Operation } | { readonly kind: 'end' } | { readonly kind: 'await' };

const newThread = (): Thread => ({
  mode: 'new',
  at: 0,
  round: 0,
  sum: 0,
  hash: 0,
  promises: [],
  settled: {},
  awaited: undefined,
  history: [],
  ending: undefined,
  persists: 0,
  wakers: [],
});

export function initialState({ threads }: Program): State {
  return {
    memory: Array.from({ length: WORDS }, () => 0),
    threads: threads.map(newThread),
    queue: [],
    clock: 0,
    settledCount: 0,
    lastId: 0,
    current: -1,
    deaths: 0,
    spunOut: new Set(),
    wornOut: new Set(),
  };
}

export function copyOf(state: State): State {
  return {
    ...state,
    memory: [...state.memory],
    threads: state.threads.map(copyOfThread),
    queue: state.queue.map((entry) => ({ ...entry })),
    spunOut: new Set(state.spunOut),
    wornOut: new Set(state.wornOut),
  };
}

export const copyOfThread = (thread: Thread): Thread => ({
  ...thread,
  promises: [...thread.promises],
  settled: { ...thread.settled },
  history: [...thread.history],
});

/** What the scenario's `check` returns. */
export const outcomeOf = ({ seed }: Program, { memory, threads }: State): string =>
  `${seed}: ${memory.join(' ')} | ${threads.map(({ hash }) => hash).join(' ')}`;

/** Runs the thread's own code up to its next operation, its end, or a sleep with an empty stack. */
export function advance(program: Program, state: State, index: number): Arrival {
  const instructions = program.threads[index] ?? [];
  const thread = threadAt(state, index);
  for (;;) {
    const instruction = instructions[thread.at];
    if (instruction === undefined) return { kind: 'end' };
    if (instruction.kind === 'delay' || instruction.kind === 'await') {
      if (!hasAwaited(state, index, instruction)) return { kind: 'await' };
    } else return { kind: 'operation', operation: operationOf(instruction, thread) };
  }
}

/** Whether the thread got what it awaits, and goes on; it takes up one settled entry after the other until it has. */
function hasAwaited(state: State, index: number, instruction: Instruction): boolean {
  const thread = threadAt(state, index);
  if (thread.awaited === undefined) {
    if (instruction.kind === 'delay') {
      thread.awaited = ++state.lastId;
      const { timeout } = instruction;
      state.queue.push({
        thread: index,
        word: -1,
        id: thread.awaited,
        deadline: state.clock + timeout,
        settled: undefined,
      });
    } else thread.awaited = thread.promises.shift();
    if (thread.awaited === undefined) {
      thread.at++;
      return true;
    }
  }
  while (thread.settled[thread.awaited] === undefined) if (!takeSettled(state, index)) return false;
  if (instruction.kind === 'await') thread.hash = mixed(thread.hash, thread.settled[thread.awaited] ?? 0);
  thread.awaited = undefined;
  thread.at++;
  return true;
}

function takeSettled(state: State, index: number): boolean {
  const own = state.queue.filter(({ thread, id, settled }) => thread === index && id !== 0 && settled !== undefined);
  const [first] = own.toSorted((one, other) => (one.settled?.order ?? 0) - (other.settled?.order ?? 0));
  if (first?.settled === undefined) return false;
  threadAt(state, index).settled[first.id] = first.settled.result;
  state.queue = state.queue.filter((entry) => entry !== first);
  return true;
}

const of = (code: string, word: number, operand = 0, second = 0): Operation => ({ code, word, operand, second });

function operationOf(instruction: Instruction, thread: Thread): Operation {
  switch (instruction.kind) {
    case 'store':
      return of('store', instruction.word, instruction.value);
    case 'update':
      return of(instruction.update, instruction.word, instruction.value);
    case 'compareExchange':
    case 'spinExchange':
    case 'pollExchange':
      return of('compareExchange', instruction.word, instruction.expected, instruction.value);
    case 'wait':
    case 'waitAsync':
      return of(instruction.kind, instruction.word, instruction.value, instruction.timeout ?? Infinity);
    case 'notify':
      return of('notify', instruction.word, instruction.count ?? Infinity);
    case 'spinPair':
      return of('load', thread.round === 0 ? instruction.word : instruction.second);
    case 'spinNotify':
      return thread.round === 0 ? of('load', instruction.word) : of('notify', instruction.second, 1);
    case 'load':
    case 'spin':
    case 'poll':
    case 'reread':
      return of('load', instruction.word);
    default:
      throw new Error(`no operation: ${instruction.kind}`);
  }
}

/** The value that an operation leaves in its word. */
export function written({ code, operand, second }: Operation, value: number): number {
  switch (code) {
    case 'store':
    case 'exchange':
      return operand;
    case 'add':
      return (value + operand) | 0;
    case 'sub':
      return (value - operand) | 0;
    case 'and':
      return value & operand;
    case 'or':
      return value | operand;
    case 'xor':
      return value ^ operand;
    case 'compareExchange':
      return value === operand ? second : value;
    default:
      return value;
  }
}

/** The thread's own code after its operation gave `result`. */
export function takeResult(program: Program, thread: Thread, index: number, result: number): void {
  const instruction = program.threads[index]?.[thread.at];
  if (instruction === undefined) return;
  const goOn = (noted?: number): void => {
    if (noted !== undefined) thread.hash = mixed(thread.hash, noted);
    [thread.at, thread.round, thread.sum] = [thread.at + 1, 0, 0];
  };
  switch (instruction.kind) {
    case 'store':
      return goOn();
    case 'spin':
      return result === instruction.value ? goOn() : undefined;
    case 'spinExchange':
      return result === instruction.expected ? goOn() : undefined;
    case 'spinPair': {
      const wanted = thread.round === 0 ? instruction.value : instruction.secondValue;
      if (result === wanted) return goOn();
      thread.round = 1 - thread.round;
      return;
    }
    case 'spinNotify':
      if (thread.round === 0 && result === instruction.value) return goOn();
      thread.round = 1 - thread.round;
      return;
    case 'poll':
    case 'pollExchange': {
      thread.round++;
      const wanted = instruction.kind === 'poll' ? instruction.value : instruction.expected;
      if (result === wanted) return goOn(thread.round);
      if (thread.round === instruction.rounds) goOn(instruction.rounds + 1);
      return;
    }
    case 'reread':
      thread.round++;
      thread.sum += result;
      if (thread.round === instruction.rounds) goOn(thread.sum);
      return;
    default:
      return goOn(result);
  }
}

/** The thread's variables, as text: a loop whose round leaves them as they were goes on for ever. */
export const variablesOf = ({ at, round, sum, hash }: Thread): string => `${at} ${round} ${sum} ${hash}`;

/** The thread at an index. */
export function threadAt({ threads }: State, index: number): Thread {
  const thread = threads[index];
  if (thread === undefined) throw new Error(`there is no thread ${index}`);
  return thread;
}

/** Executes an operation on memory and the queue; what it gives, or undefined if the thread sleeps now. */
export function execute(state: State, index: number, operation: Operation): number | undefined {
  const { code, word, operand, second } = operation;
  const value = state.memory[word] ?? 0;
  if (code === 'notify') return notify(state, word, operand);
  if (code === 'wait' || code === 'waitAsync') {
    if (value !== operand) return RESULTS['not-equal'];
    if (second === 0) return RESULTS['timed-out'];
    const id = code === 'wait' ? 0 : ++state.lastId;
    state.queue.push({ thread: index, word, id, deadline: state.clock + second, settled: undefined });
    if (id !== 0) threadAt(state, index).promises.push(id);
    return undefined;
  }
  state.memory[word] = written(operation, value);
  return code === 'store' ? operand : value;
}

function notify(state: State, word: number, count: number): number {
  const sleepers = state.queue.filter((entry) => entry.word === word && entry.settled === undefined).slice(0, count);
  for (const entry of sleepers) settle(state, entry, RESULTS['ok'] ?? 0);
  return sleepers.length;
}

/** Ends an entry's sleep. */
export function settle(state: State, entry: Entry, result: number): void {
  entry.settled = { result, order: ++state.settledCount };
}

/** A thread is dead; its death notes what it finds. */
export function leaveDead(state: State, index: number): void {
  const thread = threadAt(state, index);
  thread.mode = 'dead';
  thread.hash = mixed(thread.hash, digestOf(state.memory));
  state.deaths++;
  state.queue = state.queue.filter((entry) => entry.thread !== index);
}

/** Whether a sleeping thread got what it sleeps for. */
export function canGoOn({ threads, queue }: State, index: number): boolean {
  const mode = threads[index]?.mode;
  if (mode !== 'waiting' && mode !== 'awaiting') return false;
  return queue.some(
    ({ thread, id, settled }) => thread === index && settled !== undefined && (id === 0) === (mode === 'waiting'),
  );
}

/** The entry of a thread's `wait`, if it is settled. */
const waitedEntry = ({ queue }: State, index: number): Entry | undefined =>
  queue.find(({ thread, id, settled }) => thread === index && id === 0 && settled !== undefined);

/** Whether a thread's `wait` is over. */
export const hasWaited = (state: State, index: number): boolean => waitedEntry(state, index) !== undefined;

/** The thread takes up what its `wait` gave. */
export function takeWaited(program: Program, state: State, index: number): void {
  const entry = waitedEntry(state, index);
  state.queue = state.queue.filter((other) => other !== entry);
  takeResult(program, threadAt(state, index), index, entry?.settled?.result ?? 0);
}

/**
 * Entries with a timeout that would let a thread go on, which sleeps for them: those of one thread, or of all. A promise
 * whose deadline passes while its thread blocks or spins times out when the thread's event loop goes on.
 */
export function awaitedEntries({ threads, queue }: State, index?: number): Entry[] {
  return queue.filter(({ thread, id, settled, deadline }) => {
    if (settled !== undefined || deadline === Infinity || thread !== (index ?? thread)) return false;
    return threads[thread]?.mode === (id === 0 ? 'waiting' : 'awaiting');
  });
}

/** Lets the earliest of some timeouts fire; false if there is none. */
export function fireTimeout(state: State, entries: readonly Entry[]): boolean {
  const earliest = earliestOf(entries);
  if (earliest === undefined) return false;
  settle(state, earliest, RESULTS['timed-out'] ?? 0);
  state.clock = Math.max(state.clock, earliest.deadline);
  const thread = threadAt(state, earliest.thread);
  if (canGoOn(state, earliest.thread)) thread.mode = 'woken';
  return true;
}

/** The entry that times out first; of several with one deadline, the one that came first. */
export const earliestOf = (entries: readonly Entry[]): Entry | undefined =>
  entries.toSorted((one, other) => one.deadline - other.deadline)[0];

/** The place in the code at which an instruction executes its next operation. */
export function placeOf(program: Program, thread: Thread, index: number): string {
  const kind = program.threads[index]?.[thread.at]?.kind ?? '';
  return kind === 'spinPair' || kind === 'spinNotify' ? `${kind} ${thread.round}` : kind;
}
