/**
 * Scenarios for a lock on a word of its own, without a heap around it.
 *
 *   word   LOCK · TURN · MOVES · DEATHS · INSIDE · what the scenario keeps from FIRST_FREE on
 *
 * A lock waits in slices, whose timeouts fire only when nothing else can run: they would hide a wake-up that got lost.
 * With `endless: true` sleep has no end but a notify, so a lost one is a deadlock; deaths then have no place.
 */
import { defineScenario, type Scenario } from '../../src/explore/index.ts';
import { generationOfOwner, ownerWord, slotOfOwner } from '../../src/sync/owner-word.ts';
import { RobustLock, type LockParts, type Owners } from '../../src/sync/robust-lock.ts';
import { atomicsWaiting, type Waiting } from '../../src/sync/waiting.ts';

export const LOCK = 0;
export const TURN = 1;
const MOVES = 2;
const DEATHS = 3;
/** The thread that is in the critical section, plus one. */
const INSIDE = 4;
export const FIRST_FREE = 5;
const BYTES = 128;
const GENERATION = 1;

/** What a thread of a scenario works with. */
export interface LockThread {
  readonly lock: RobustLock;
  readonly index: number;
  readonly words: Int32Array<SharedArrayBuffer>;
  /** Takes the lock, runs `critical` alone, and gives the lock back. */
  readonly inside: (critical?: () => void) => void;
}

/** A scenario for a lock. */
export interface LockScenario {
  readonly threads: number;
  readonly timeoutMs?: number;
  /** Milliseconds of sleep after which TURN is reserved; −1: at the first sleep. */
  readonly turnAfterMs?: number;
  readonly endless?: boolean;
  readonly ownWord?: LockParts['ownWord'];
  setup?(words: Int32Array): void;
  thread(thread: LockThread): void | Promise<void>;
  /** Called before each sleep. */
  beforeSleep?(index: number, words: Int32Array): void;
  check?(words: Int32Array, died: readonly number[]): string | number | void;
}

/** The owner word of a thread of a scenario. */
export const wordOf = (index: number): number => ownerWord(index, GENERATION);

/** Makes a scenario of the explorer out of one for a lock. */
export function lockScenario(scenario: LockScenario): Scenario {
  return defineScenario({
    threads: scenario.threads,
    bytes: BYTES,
    setup(buffer) {
      scenario.setup?.(new Int32Array(buffer));
    },
    thread(index, buffer) {
      return scenario.thread(threadOf(scenario, index, new Int32Array(buffer)));
    },
    onDeath(index, buffer) {
      Atomics.or(new Int32Array(buffer), DEATHS, 1 << index);
    },
    check(buffer, { died }) {
      const words = new Int32Array(buffer);
      const owner = words[LOCK];
      if (died.length === 0 && words[TURN] !== 0) throw new Error(`TURN is left to ${words[TURN]}`);
      if (died.length === 0 && owner !== 0) throw new Error(`the lock is left at ${owner}`);
      return scenario.check?.(words, died);
    },
  });
}

function threadOf(scenario: LockScenario, index: number, words: Int32Array<SharedArrayBuffer>): LockThread {
  const lock = new RobustLock({
    words,
    index: LOCK,
    turn: TURN,
    moves: MOVES,
    name: 'the lock',
    owners: ownersOf(scenario.threads, words),
    own: wordOf(index),
    waiting: waitingOf(scenario, index),
    timeoutMs: scenario.timeoutMs ?? 1000,
    ownWord: scenario.ownWord ?? 'seize',
    turnAfterMs: scenario.turnAfterMs ?? 30,
  });
  const inside = (critical?: () => void): void => {
    lock.acquire();
    enter(words, index);
    critical?.();
    Atomics.store(words, INSIDE, 0);
    if (!lock.release()) throw new Error('the lock was not ours to give back');
  };
  return { lock, index, words, inside };
}

/** Nobody but the dead may be inside. */
function enter(words: Int32Array, index: number): void {
  const other = Atomics.exchange(words, INSIDE, index + 1);
  const isDead = (Atomics.load(words, DEATHS) & (1 << (other - 1))) !== 0;
  if (other !== 0 && !isDead) throw new Error(`thread ${index} came in beside thread ${other - 1}`);
}

function ownersOf(threads: number, words: Int32Array): Owners {
  return {
    names: (owner) => slotOfOwner(owner) < threads && generationOfOwner(owner) === GENERATION,
    isDead: (owner) => (Atomics.load(words, DEATHS) & (1 << slotOfOwner(owner))) !== 0,
    ask: () => undefined,
    describe: (owner) => `thread ${slotOfOwner(owner)}`,
  };
}

function waitingOf(scenario: LockScenario, index: number): Waiting {
  return {
    ...atomicsWaiting,
    wait(words, at, value, timeoutMs) {
      scenario.beforeSleep?.(index, words);
      return Atomics.wait(words, at, value, scenario.endless === true ? Infinity : timeoutMs);
    },
  };
}
