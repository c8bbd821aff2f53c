/**
 * Counts the schedules of a program by brute force, by the explorer's own rules: what a preemption costs, when a spinning
 * thread steps back, when a timeout fires. The rules are written down here for a second time, over states in which the
 * threads' variables can be seen; of the explorer's code nothing is used.
 */
import {
  advance,
  canGoOn,
  copyOf,
  copyOfThread,
  awaitedEntries,
  earliestOf,
  execute,
  fireTimeout,
  hasWaited,
  initialState,
  leaveDead,
  outcomeOf,
  placeOf,
  takeResult,
  takeWaited,
  threadAt,
  variablesOf,
  written,
  type Arrival,
  type Entry,
  type Operation,
  type State,
  type Thread,
} from './machine.ts';
import type { Program } from './program.ts';

/** How a program is searched. */
export interface Rules {
  readonly bound: number;
  readonly deaths: number;
  readonly eager: boolean;
}

/** What came of it. */
export interface Count {
  schedules: number;
  failures: number;
  deadlocks: number;
  livelocks: number;
  readonly outcomes: Map<string, number>;
}

/** Thrown where a program has more schedules than can be compared. */
export class TooMany extends Error {}

const MAX_PERIOD = 8;

/** @throws TooMany */
export function countSchedules(program: Program, rules: Rules, most: number): Count {
  const search = new Search(program, rules, most);
  search.decide(initialState(program), 0);
  return search.count;
}

/** Threads stand between steps; those that are ready stand before the operation in `pending`. */
class Search {
  readonly count: Count = { schedules: 0, failures: 0, deadlocks: 0, livelocks: 0, outcomes: new Map() };
  readonly #program: Program;
  readonly #rules: Rules;
  readonly #most: number;
  #depth = 0;

  constructor(program: Program, rules: Rules, most: number) {
    [this.#program, this.#rules, this.#most] = [program, rules, most];
  }

  /** Tries all that can happen next. */
  decide(state: State, cost: number): void {
    const verdict = isAnyEnabled(state) ? undefined : resolveStalemate(state, this.#rules.eager);
    if (verdict !== undefined) {
      this.#end(state, verdict);
      return;
    }
    if (++this.#depth > 2_000) throw new TooMany();
    const { current, threads } = state;
    const costs = current >= 0 && isEnabled(threadAt(state, current)) ? 1 : 0;
    threads.forEach((thread, index) => {
      const price = index === current ? 0 : costs;
      if (isEnabled(thread)) {
        if (cost + price > this.#rules.bound) return;
        this.#try(state, index, cost + price, false);
        if (state.deaths < this.#rules.deaths) this.#try(state, index, cost + price, true);
      } else if (this.#rules.eager) this.#fire(state, index, cost);
    });
    this.#depth--;
  }

  /** A timeout of the thread fires, which costs as much as a preemption unless it is due. */
  #fire(state: State, index: number, cost: number): void {
    const next = copyOf(state);
    const entries = awaitedEntries(next, index);
    const isDue = !isAnyEnabled(state) && entries.includes(earliestOf(awaitedEntries(next)) as Entry);
    const price = isDue ? 0 : 1;
    if (entries.length === 0 || cost + price > this.#rules.bound) return;
    fireTimeout(next, entries);
    lookAgain(next);
    this.decide(next, cost + price);
  }

  #try(state: State, index: number, cost: number, dies: boolean): void {
    this.#run(copyOf(state), index, cost, dies);
  }

  /** A thread takes the step, and runs on to the next. */
  #run(state: State, index: number, cost: number, dies: boolean): void {
    const thread = threadAt(state, index);
    const joins = thread.mode !== 'ready';
    state.current = index;
    if (thread.mode === 'woken' && hasWaited(state, index)) takeWaited(this.#program, state, index);
    thread.mode = 'ready';
    let arrival = advance(this.#program, state, index);
    if (arrival.kind === 'operation' || (arrival.kind === 'await' && joins)) {
      if (dies) {
        die(state, index);
        this.decide(state, cost);
        return;
      }
      if (arrival.kind === 'operation') {
        if (!this.#execute(state, index, arrival.operation)) {
          this.decide(state, cost);
          return;
        }
        arrival = advance(this.#program, state, index);
      }
    }
    this.#arrive(state, index, arrival);
    this.decide(state, cost);
  }

  /** False if the thread sleeps now. */
  #execute(state: State, index: number, operation: Operation): boolean {
    const thread = threadAt(state, index);
    const before = state.memory[operation.word] ?? 0;
    const result = execute(state, index, operation);
    const isWait = operation.code === 'wait' || operation.code === 'waitAsync';
    if (isWait && result === undefined) {
      thread.history = [];
      wake(state, (waker) => waker === `-${operation.word}`);
      if (operation.code === 'wait') {
        thread.mode = 'waiting';
        return false;
      }
      thread.at++;
      return true;
    }
    if (operation.code === 'notify') {
      state.threads.forEach((sleeper, other) => {
        if (canGoOn(state, other)) sleeper.mode = 'woken';
      });
    }
    const after = state.memory[operation.word] ?? 0;
    if (before !== after) noteChange(state, index, operation.word);
    else if (operation.code === 'notify' && result !== 0) thread.history = [];
    else thread.history.push({ key: keyOf(operation), value: operation.code === 'notify' ? 0 : after });
    takeResult(this.#program, thread, index, result ?? 0);
    return true;
  }

  /** The thread stands before something new. */
  #arrive(state: State, index: number, arrival: Arrival): void {
    const thread = threadAt(state, index);
    if (arrival.kind === 'end') {
      [thread.mode, thread.ending] = ['done', undefined];
      state.queue = state.queue.filter((entry) => entry.thread !== index);
      thread.persists = 0;
    } else if (arrival.kind === 'await') {
      [thread.mode, thread.ending, thread.persists, thread.history] = ['awaiting', undefined, 0, []];
      if (canGoOn(state, index)) throw new Error('a thread sleeps that could go on');
    } else this.#look(state, index, arrival.operation);
  }

  #look(state: State, index: number, operation: Operation): void {
    const thread = threadAt(state, index);
    const period = repeatedPeriod(state, thread, operation);
    if (period === 0) {
      [thread.ending, thread.persists] = [undefined, 0];
      return;
    }
    if (thread.ending !== undefined || !isEndless(this.#program, state, index)) {
      if (thread.persists !== 0) throw new Error('a loop ends that was found to be endless');
      this.#step(thread, index, period);
      return;
    }
    if (thread.persists !== 0) state.spunOut.add(index);
    if (thread.persists === 2) state.wornOut.add(index);
    thread.wakers = thread.history.slice(-period).map(({ key }) => {
      const [code, word] = key.split(' ');
      return code === 'notify' ? `-${word}` : word;
    });
    thread.mode = 'spinning';
  }

  /**
   * One more step in a loop that is known to end. At a place that its first round did not come to, or away from where it
   * began for longer than a round, it is another loop.
   */
  #step(thread: Thread, index: number, period: number): void {
    const place = placeOf(this.#program, thread, index);
    const { places, stepped, away } = thread.ending ?? { places: [], stepped: 0, away: 0 };
    const nowAway = place === (places[0] ?? place) ? 0 : away + 1;
    if (stepped >= period && (!places.includes(place) || nowAway > period)) {
      [thread.ending, thread.history] = [undefined, []];
      return;
    }
    thread.ending = { places: stepped < period ? [...places, place] : places, stepped: stepped + 1, away: nowAway };
  }

  #end(state: State, verdict: 'complete' | 'deadlock' | 'livelock'): void {
    const { count } = this;
    if (++count.schedules > this.#most) throw new TooMany();
    if (verdict === 'complete') {
      const outcome = outcomeOf(this.#program, state);
      count.outcomes.set(outcome, (count.outcomes.get(outcome) ?? 0) + 1);
      return;
    }
    count.failures++;
    if (verdict === 'deadlock') count.deadlocks++;
    else count.livelocks++;
  }
}

const keyOf = ({ code, word }: Operation): string => `${code} ${word}`;

const isEnabled = ({ mode }: Thread): boolean => mode === 'new' || mode === 'ready' || mode === 'woken';
const isAnyEnabled = ({ threads }: State): boolean => threads.some(isEnabled);

function wake(state: State, isWaker: (waker: string) => boolean): void {
  if (!state.threads.some(({ mode }) => mode === 'spinning')) return;
  lookAgain(state);
  for (const thread of state.threads) {
    if (thread.mode === 'spinning' && thread.wakers.some(isWaker)) [thread.mode, thread.persists] = ['ready', 0];
  }
}

function noteChange(state: State, index: number, word: number): void {
  const thread = threadAt(state, index);
  [thread.history, thread.persists] = [[], 0];
  lookAgain(state);
  wake(state, (waker) => waker === String(word));
}

function die(state: State, index: number): void {
  leaveDead(state, index);
  wake(state, () => true);
}

/** Makes a thread able to run, or leaves it to a choice of timeouts; or tells how the schedule ended. */
function resolveStalemate(state: State, choosesTimeouts: boolean): 'complete' | 'deadlock' | 'livelock' | undefined {
  while (!isAnyEnabled(state)) {
    const again = state.threads.findIndex(({ mode }, index) => mode === 'spinning' && !state.spunOut.has(index));
    const last = state.threads.findIndex(({ mode }, index) => mode === 'spinning' && !state.wornOut.has(index));
    if (again >= 0) goOn(state, again, 1);
    else if (choosesTimeouts && awaitedEntries(state).length > 0) return undefined;
    else if (fireTimeout(state, awaitedEntries(state))) lookAgain(state);
    else if (last >= 0) goOn(state, last, 2);
    else if (state.threads.some(({ mode }) => mode === 'spinning')) return 'livelock';
    else return state.threads.some(({ mode }) => mode === 'waiting' || mode === 'awaiting') ? 'deadlock' : 'complete';
  }
  return undefined;
}

/** What spinning threads found in vain, they may look for once more. */
function lookAgain({ spunOut, wornOut }: State): void {
  spunOut.clear();
  wornOut.clear();
}

function goOn(state: State, index: number, persists: 1 | 2): void {
  const thread = threadAt(state, index);
  [thread.mode, thread.persists] = ['ready', persists];
}

/** The length of a sequence of reads that was run twice and would begin for the third time, or 0. */
function repeatedPeriod(state: State, { history }: Thread, operation: Operation): number {
  const back = (count: number): { key: string; value: number } | undefined => history.at(-count);
  const longest = Math.min(MAX_PERIOD, Math.trunc(history.length / 2));
  for (let period = 1; period <= longest; period++) {
    if (back(period)?.key !== keyOf(operation)) continue;
    const isRepeated = Array.from({ length: period }, (_, at) => at + 1).every(
      (at) => back(at)?.key === back(at + period)?.key && back(at)?.value === back(at + period)?.value,
    );
    if (isRepeated) return changesNothing(state, operation, back(period)?.value) ? period : 0;
  }
  return 0;
}

/** Whether an operation would find that value and neither change, wake nor sleep. */
function changesNothing(state: State, operation: Operation, found: number | undefined): boolean {
  const { code, word, operand, second } = operation;
  const value = state.memory[word] ?? 0;
  if (code === 'notify') {
    return found === 0 && !state.queue.some((entry) => entry.word === word && entry.settled === undefined);
  }
  if (value !== found) return false;
  if (code === 'wait' || code === 'waitAsync') return value !== operand || second === 0;
  return written(operation, value) === value;
}

/**
 * Runs a thread alone until its variables are what they were, or it does something else than repeat itself. Where it is
 * elsewhere in the code by then, the loop that it was in ends.
 */
function isEndless(program: Program, state: State, index: number): boolean {
  const alone = { ...copyOf(state), threads: state.threads.map(copyOfThread) };
  const thread = threadAt(alone, index);
  const seen = new Set<string>();
  const place = placeOf(program, thread, index);
  for (;;) {
    const arrival = advance(program, alone, index);
    if (arrival.kind !== 'operation') return false;
    const { operation } = arrival;
    if (repeatedPeriod(alone, thread, operation) === 0) return false;
    const variables = variablesOf(thread);
    if (seen.has(variables)) return placeOf(program, thread, index).split(' ')[0] === place.split(' ')[0];
    seen.add(variables);
    const result = execute(alone, index, operation) ?? 0;
    const value = alone.memory[operation.word] ?? 0;
    thread.history.push({ key: keyOf(operation), value: operation.code === 'notify' ? 0 : value });
    takeResult(program, thread, index, result);
  }
}
