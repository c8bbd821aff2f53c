/**
 * All that a program can come to, without any rule about spinning, bounds or preemptions: every state that its threads can
 * reach, each visited once. A loop comes back to a state that was visited, so there is nothing to cut off.
 *
 * Only timeouts need a rule. Lazy ones fire where no thread gets anywhere by itself: each that could run would, alone, come
 * back to where it was.
 */
import {
  advance,
  awaitedEntries,
  canGoOn,
  copyOf,
  execute,
  fireTimeout,
  hasWaited,
  initialState,
  leaveDead,
  outcomeOf,
  takeResult,
  takeWaited,
  threadAt,
  type State,
} from './machine.ts';
import type { Program } from './program.ts';
import { TooMany, type Rules } from './reference.ts';

/** What a program can come to. */
export interface Truth {
  readonly outcomes: Set<string>;
  /** Whether some threads can come to sleep or spin for ever. */
  hangs: boolean;
}

/** @throws TooMany */
export function truthOf(program: Program, rules: Pick<Rules, 'deaths' | 'eager'>, mostStates: number): Truth {
  const truth: Truth = { outcomes: new Set(), hangs: false };
  const seen = new Set<string>();
  const waiting = [initialState(program)];
  const reach = (state: State): void => {
    const key = keyOf(state);
    if (seen.has(key)) return;
    if (seen.size >= mostStates) throw new TooMany();
    seen.add(key);
    waiting.push(state);
  };
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop())
    visit(program, rules, state, truth, reach);
  return truth;
}

function visit(
  program: Program,
  rules: Pick<Rules, 'deaths' | 'eager'>,
  state: State,
  truth: Truth,
  reach: (state: State) => void,
): void {
  const indexes = state.threads.map((_, index) => index);
  const running = indexes.filter((index) => isRunning(state, index));
  for (const index of running) {
    reach(afterStep(program, state, index));
    if (state.deaths < rules.deaths) reach(afterDeath(program, state, index));
  }
  for (const index of rules.eager ? indexes : []) {
    const next = copyOf(state);
    if (fireTimeout(next, awaitedEntries(next, index))) reach(next);
  }
  if (!running.every((index) => comesBack(program, state, index))) return;
  const next = copyOf(state);
  if (fireTimeout(next, awaitedEntries(next))) reach(next);
  else if (state.threads.every(({ mode }) => mode === 'done' || mode === 'dead')) {
    truth.outcomes.add(outcomeOf(program, state));
  } else truth.hangs = true;
}

const isRunning = ({ threads }: State, index: number): boolean =>
  ['new', 'ready', 'woken'].includes(threads[index]?.mode ?? 'done');

/** The state after one operation of a thread, or after it came to its end or to sleep without any. */
function afterStep(program: Program, state: State, index: number): State {
  const next = copyOf(state);
  const thread = threadAt(next, index);
  if (thread.mode === 'woken' && hasWaited(next, index)) takeWaited(program, next, index);
  thread.mode = 'ready';
  const arrival = advance(program, next, index);
  if (arrival.kind === 'operation') {
    const { code } = arrival.operation;
    const result = execute(next, index, arrival.operation);
    next.threads.forEach((sleeper, other) => {
      if (canGoOn(next, other)) sleeper.mode = 'woken';
    });
    if (result === undefined && code === 'wait') thread.mode = 'waiting';
    else if (result === undefined) thread.at++;
    else takeResult(program, thread, index, result);
  } else rest(next, index, arrival.kind);
  settleDown(program, next, index);
  return next;
}

/** A thread that has no operation left, or none before it sleeps, is there at once. */
function settleDown(program: Program, state: State, index: number): void {
  if (threadAt(state, index).mode !== 'ready') return;
  const arrival = advance(program, state, index);
  if (arrival.kind !== 'operation') rest(state, index, arrival.kind);
}

function rest(state: State, index: number, how: 'end' | 'await'): void {
  threadAt(state, index).mode = how === 'end' ? 'done' : 'awaiting';
  if (how === 'end') state.queue = state.queue.filter(({ thread }) => thread !== index);
}

/** A thread dies before its next operation; what it got from a wait it has still taken up. */
function afterDeath(program: Program, state: State, index: number): State {
  const next = copyOf(state);
  const thread = threadAt(next, index);
  if (thread.mode === 'woken' && hasWaited(next, index)) takeWaited(program, next, index);
  thread.mode = 'ready';
  if (advance(program, next, index).kind === 'end') {
    rest(next, index, 'end');
    return next;
  }
  leaveDead(next, index);
  return next;
}

/** Whether a thread, alone, comes back to where it is without having changed anything. */
function comesBack(program: Program, state: State, index: number): boolean {
  const start = keyOf(state);
  const seen = new Set([start]);
  const around = surroundingsOf(state);
  for (let alone = afterStep(program, state, index); ; alone = afterStep(program, alone, index)) {
    if (surroundingsOf(alone) !== around || !isRunning(alone, index)) return false;
    const key = keyOf(alone);
    if (seen.has(key)) return key === start;
    seen.add(key);
  }
}

const surroundingsOf = ({ memory, queue }: State): string => JSON.stringify([memory, queue]);

/** What tells states apart; what only the rules of the explorer look at is left out. */
function keyOf({ memory, threads, queue, clock, deaths }: State): string {
  const own = threads.map(({ mode, at, round, sum, hash, promises, settled, awaited }) => [
    mode === 'new' ? 'ready' : mode,
    at,
    round,
    sum,
    hash,
    promises,
    settled,
    awaited,
  ]);
  const order = queue
    .filter(({ settled }) => settled !== undefined)
    .toSorted((one, other) => (one.settled?.order ?? 0) - (other.settled?.order ?? 0));
  const entries = queue.map((entry) => [
    entry.thread,
    entry.word,
    entry.id,
    entry.deadline === Infinity ? null : entry.deadline - clock,
    entry.settled?.result,
    order.indexOf(entry),
  ]);
  return JSON.stringify([memory, own, entries, deaths]);
}
