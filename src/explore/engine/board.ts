/**
 * The scheduler's whole state, in one private SharedArrayBuffer that the threads under test never see.
 *
 *     words │ turns │ one field per virtual thread │ wait queue │ nodes: one per step of the current schedule │ crash points
 *
 * Only the thread that holds the baton reads or writes it, so plain accesses suffice; the hand-over through `turns`, the
 * only words touched with Atomics, orders them. The nodes outlive a schedule: they are the path of the depth-first
 * search, of which the next schedule repeats the first PREFIX steps.
 */

import { native } from './native-atomics.ts';

/** The most virtual threads; a set of threads is a mask that shares its word with a second mask. */
export const MAX_THREADS = 15;
/** Threads that can sleep in `Atomics.wait` or `waitAsync` at once, promises included. */
export const MAX_WAITERS = 256;
/** Addresses that a spinning thread is woken for. */
export const SPIN_ADDRESSES = 8;
const TURN_STRIDE = 16;

/** Control words. */
export const Word = {
  /** Steps executed in this schedule. */ STEP: 0,
  /** Steps whose choice is given, by the search or by a schedule string. */ PREFIX: 1,
  /** Nodes that are filled: at most STEP + 1. */ DEPTH: 2,
  /** The thread that executed the last step, −1 at the start. */ CURRENT: 3,
  /** Mask of threads that can take the next step. */ ENABLED: 4,
  /** Mask of threads that stepped back from a spin loop. */ SPINNING: 5,
  /** Those of them that found nothing new although all others waited for it. */ SPUN_OUT: 6,
  /** Mask: threads that sleep with a timeout. */ TIMED: 8,
  /** Set where no other thread may come between, but the thread may die. */ ALONE: 9,
  /** Preemptions so far. */ COST: 10,
  /** Deaths so far. */ DEATHS: 11,
  /** How this schedule ended, one of `Verdict`. */ VERDICT: 12,
  /** Hash over all steps so far. */ HASH: 13,
  /** Bits of the hash that a given prefix must repeat. */ HASH_MASK: 14,
  /** Counts every sign of life, for the watchdog. */ BEAT: 15,
  /** Whether a thread read the clock in this schedule. */ CLOCK_READ: 16,
  /** Whether the clock was put forward to end loops that wait for a deadline. */ CLOCK_JUMPED: 17,
  /** Waiters in the queue. */ WAITERS: 18,
  /** One of `Mode`. */ MODE: 19,
  /** Whether every operation is reported to the host. */ TRACING: 20,
  /** Schedules tried that count: new under this bound, complete, in this shard. */ SCHEDULES: 21,
  /** Schedules that were cut because an equivalent one is tried. */ PRUNED: 22,
  /** Preemptions allowed in this pass of the search. */ BOUND: 23,
  /** Set when the bound cut something off in this pass. */ BOUND_CUT: 24,
  /** The first choice of the path that is not the default, as its step and choice. */ DEVIATION: 25,
  /** Random walks made, or replays. */ RUN: 26,
  /** Replays wanted. */ REPLAYS: 43,
  /** State of the search's pseudo-random numbers. */ RANDOM: 27,
  /** Longest schedule so far, in steps: PCT needs the measured length. */ LENGTH: 28,
  /** Whether a search that is over tried all there is under its bound. */ COMPLETE: 29,
  /** Failing schedules, where the search goes on after a failure. */ FAILURES: 30,
  /** Data races seen. */ RACES: 31,
  /** Steps of which `spin` says whether a loop was met there. */ SPIN_KNOWN: 32,
  /** Loops of this schedule that were probed and found to be endless. */ PROBED: 7,
  /** Loops of this schedule that were known to be endless, so that fewer re-reads were passed over. */ SHORTENED: 51,
  /** Whether as many re-reads are passed over in a loop that is known as in one that is not. */ EXACT: 52,
  /** Whether a thread went another way when fewer re-reads were passed over. */ COUNTING: 53,
  /** Loops that were found to be endless. */ ENDLESS_LOOPS: 54,
  /** Loops that ended by themselves after they were taken to be endless. */ LONG_LOOPS: 55,
  /** Whether a thread had to yield because it took very many steps in a row. */ YIELDED: 56,
  /** Whether a timeout that could have fired was held back because others could run. */ HELD_BACK: 57,
  /** Mask of the one thread whose timeout fires next if nobody does anything else; nothing where another can run. */
  DUE: 48,
  /** Counts the settled entries of the wait queue. */ SETTLED: 65,
  /** Schedules in which nobody could have gone on, had not a wait timed out. */ RESCUED: 58,
  /** Whether this schedule is one of them. */ RESCUED_NOW: 59,
  /** Whether this schedule repeats the last one with fewer re-reads passed over. */ RECHECKING: 60,
  /** Hash and outcome of the schedule that is repeated. */ RECHECK_HASH: 61,
  RECHECK_OUTCOME: 62,
  /** Schedules that could be repeated so. */ RECHECKABLE: 63,
  /** Step at which a replay went another way, and the key it met there. */ DIVERGED_AT: 33,
  DIVERGED_KEY: 34,
  /** Replays whose hash differed from the first. */ DIFFERENT: 35,
  /** Hash of the first replay. */ FIRST_HASH: 36,
  /** Byte address of a race. */ RACE_ADDRESS: 42,
  /** Schedules begun, whether they count or not. */ BEGUN: 44,
  /** The worker that has the baton. */ HOLDER: 45,
  /** Whether it runs a hook of the scenario in place of a thread. */ IN_HOOK: 46,
  /** Lines traced so far. */ TRACED: 47,
  /** Steps of the prefix whose operation and hash are known. */ CHECKED: 41,
  /** Base of the vector clocks of this schedule. */ CLOCK_BASE: 37,
  /** Steps that the current thread took in a row. */ IN_A_ROW: 38,
  /** Counts the buffers used: there is a new one after each schedule that grew it. */ GENERATION: 39,
  /** The thread that failed, −1 for none. */ FAILED_THREAD: 40,
  /** Set to end the search after the schedule that runs. */ STOP: 80,
  /** The first step that no schedule before this one took. */ FRESH: 81,
  /** Whether this job has work of the frontier. */ WORKING: 82,
  /** Steps of the branch points that it took from there. */ ENTERED: 83,
  /** Schedules that were tried before this pass. */ PASS_BEGAN: 85,
  /** Steps before this one are not compared with a given prefix. */ CHECKED_FROM: 84,
  END: 96,
} as const;

/** What the workers are to do with a schedule that has ended. */
export const Mode = { SEARCH: 0, REPLAY: 1 } as const;

/** How a schedule ended. Those from `DEADLOCK` on are failures. */
export const Verdict = {
  NONE: 0,
  COMPLETE: 1,
  PRUNED: 2,
  DEADLOCK: 3,
  LIVELOCK: 4,
  EXCEPTION: 5,
  CHECK: 6,
  RACE: 7,
  NONDETERMINISM: 8,
  /** Not an end: the schedule is run again with what was learnt about a loop in it. */
  RETRY: -1,
} as const;

/** One of the codes in `Verdict`. */
export type VerdictCode = (typeof Verdict)[keyof typeof Verdict];

/** States of a virtual thread. */
export const Status = {
  UNSTARTED: 0,
  /** Stands before an operation, or executes it. */ READY: 1,
  /** Was woken; its next operation is not known yet. */ RESUMING: 2,
  /** Sleeps in `Atomics.wait`. */ WAITING: 3,
  /** Has nothing to do until a promise of `waitAsync` is settled or a timer fires. */ AWAITING: 4,
  SPINNING: 5,
  DONE: 6,
  DEAD: 7,
} as const;

/** What is known of a loop in which a thread re-reads unchanged memory. */
export const Loop = {
  NONE: 0,
  /** It goes on for ever while memory stays as it is. */ ENDLESS: 1,
  /** The thread leaves it by itself. */ ENDING: 2,
} as const;

/** What the holder of the baton tells the thread it wakes. */
export const Turn = { NONE: 0, RUN: 1, DIE: 2, CUT: 3, CONCLUDE: 4, BEGIN: 5, REPORT: 6, NEXT: 7 } as const;

/** Bits of an entry of `Board.crashPoints`. */
export const CrashPoint = { TRIED: 1, FAILED: 2 } as const;

/** A choice is a thread, or a thread with this bit: that thread dies instead of executing its operation. */
export const DEATH = 16;
/** Threads of a choice mask that may die stand this many bits above those that may run. */
export const DEATH_SHIFT = 16;

/** Flags of a node. */
export const Flag = {
  /** The thread that runs could go on: switching costs a preemption. */ COSTS: 1,
  /** The step changed shared memory, or could have woken or blocked a thread. */ CHANGED: 2,
  /** The step is no thread's: the timeout of the chosen one fired, and who ran before may go on. */ FIRES: 4,
  /** After the step its thread ended, and took sleepers of its own away that others might have woken. */ TAKES_AWAY: 8,
} as const;

/** Words that are 0 when a schedule begins. */
const PER_SCHEDULE = [
  Word.STEP,
  Word.SPINNING,
  Word.SPUN_OUT,
  Word.PROBED,
  Word.SHORTENED,
  Word.RESCUED_NOW,
  Word.SETTLED,
  Word.TIMED,
  Word.DUE,
  Word.ALONE,
  Word.COST,
  Word.DEATHS,
  Word.VERDICT,
  Word.HASH,
  Word.CLOCK_READ,
  Word.CLOCK_JUMPED,
  Word.WAITERS,
  Word.IN_A_ROW,
] as const;

/** Typed views of the scheduler's memory; every thread makes its own over the same buffer. */
export class Board {
  readonly memory: SharedArrayBuffer;
  readonly maxSteps: number;
  readonly words: Int32Array;
  readonly #turns: Int32Array;
  // One field per virtual thread.
  readonly status: Int32Array;
  readonly key: Int32Array;
  readonly size: Int32Array;
  /** Operations that the thread arrived at: the next is its `operations`-th. */
  readonly operations: Int32Array;
  /** Why a spinning thread goes on. */
  readonly persisting: Int32Array;
  readonly spinCount: Int32Array;
  readonly spinAddress: Int32Array;
  readonly priority: Int32Array;
  /** Whether the thread executed any operation on memory under control, in any schedule. */
  readonly controlled: Int32Array;
  readonly changeAt: Int32Array;
  /** Steps at which a walk lets threads die. */
  readonly deathAt: Int32Array;
  readonly vectorClocks: Int32Array;
  /** Threads that died in this schedule, oldest first, and the operation before which each did, from 1. */
  readonly diedThread: Int32Array;
  readonly diedAt: Int32Array;
  /** The state in which each thread was when the schedule was over. */
  readonly endedAs: Int32Array;
  // The wait queue, oldest first.
  readonly waiterThread: Int32Array;
  readonly waiterAddress: Int32Array;
  readonly waiterId: Int32Array;
  readonly waiterState: Int32Array;
  readonly waiterDeadline: Float64Array;
  readonly clock: Float64Array;
  /** What one of the branch points stands for from which the search went on, and what was tried of this pass, in them. */
  readonly weight: Float64Array;
  // Nodes.
  readonly chosen: Int32Array;
  readonly previous: Int32Array;
  readonly flags: Int32Array;
  readonly untried: Int32Array;
  /** Choices that cost a preemption more than this pass allows. */
  readonly later: Int32Array;
  /** Choices of the node that are tried in this pass. */
  readonly width: Int32Array;
  readonly asleep: Int32Array;
  readonly asleepAfter: Int32Array;
  /** Choices up to this step that are not the default. */
  readonly deviations: Int32Array;
  /** What is known of a loop that the thread before the step was in, one of `Loop`. */
  readonly spin: Int32Array;
  readonly keys: Int32Array;
  readonly sizes: Int32Array;
  readonly hashes: Int32Array;
  /** Per thread and operation, from 1: whether a death was tried there, and whether its schedule failed. */
  readonly crashPoints: Uint8Array;

  constructor(maxSteps: number, memory?: SharedArrayBuffer) {
    this.maxSteps = maxSteps;
    const threadFields = 13 * 16 + 16 * SPIN_ADDRESSES + 16 * 16;
    const ints = Word.END + 16 * TURN_STRIDE + threadFields + 4 * MAX_WAITERS + 13 * maxSteps;
    const doubles = MAX_WAITERS + 4;
    this.memory = memory ?? new SharedArrayBuffer(8 * doubles + 4 * ints + 16 * maxSteps);
    const buffer = this.memory;
    this.waiterDeadline = new Float64Array(buffer, 0, MAX_WAITERS);
    this.clock = new Float64Array(buffer, 8 * MAX_WAITERS, 2);
    this.weight = new Float64Array(buffer, 8 * (MAX_WAITERS + 2), 2);
    let offset = 8 * doubles;
    const region = (length: number): Int32Array => {
      const view = new Int32Array(buffer, offset, length);
      offset += 4 * length;
      return view;
    };
    this.words = region(Word.END);
    this.#turns = region(16 * TURN_STRIDE);
    [this.status, this.key, this.size, this.operations] = [region(16), region(16), region(16), region(16)];
    [this.persisting, this.spinCount, this.priority] = [region(16), region(16), region(16)];
    this.spinAddress = region(16 * SPIN_ADDRESSES);
    this.vectorClocks = region(16 * 16);
    [this.changeAt, this.deathAt, this.controlled] = [region(16), region(16), region(16)];
    [this.diedThread, this.diedAt, this.endedAs] = [region(16), region(16), region(16)];
    [this.waiterThread, this.waiterAddress] = [region(MAX_WAITERS), region(MAX_WAITERS)];
    [this.waiterId, this.waiterState] = [region(MAX_WAITERS), region(MAX_WAITERS)];
    [this.chosen, this.previous, this.flags] = [region(maxSteps), region(maxSteps), region(maxSteps)];
    [this.untried, this.asleep, this.asleepAfter] = [region(maxSteps), region(maxSteps), region(maxSteps)];
    [this.later, this.width] = [region(maxSteps), region(maxSteps)];
    [this.deviations, this.spin] = [region(maxSteps), region(maxSteps)];
    [this.keys, this.sizes, this.hashes] = [region(maxSteps), region(maxSteps), region(maxSteps)];
    this.crashPoints = new Uint8Array(buffer, offset, 16 * maxSteps);
  }

  /** Forgets the schedule before, but for the nodes. */
  beginSchedule(threads: number): void {
    const { words, operations, persisting, status } = this;
    for (const word of PER_SCHEDULE) words[word] = 0;
    words[Word.DEPTH] = words[Word.PREFIX];
    words[Word.CURRENT] = -1;
    words[Word.FAILED_THREAD] = -1;
    words[Word.ENABLED] = (1 << threads) - 1;
    words[Word.BEGUN]++;
    words[Word.BEAT]++;
    this.clock[0] = 0;
    this.endedAs.fill(Status.UNSTARTED);
    status.fill(Status.DEAD);
    for (let thread = 0; thread < threads; thread++) {
      status[thread] = Status.UNSTARTED;
      operations[thread] = 0;
      persisting[thread] = 0;
    }
  }

  /** Hands the baton to `thread`. No system call where the thread keeps it. */
  pass(from: number, thread: number, turn: number): void {
    const at = thread * TURN_STRIDE;
    this.words[Word.HOLDER] = thread;
    native.store(this.#turns, at, turn);
    if (from !== thread) native.notify(this.#turns, at, 1);
  }

  /** Sleeps until the baton comes, and tells what for. */
  awaitTurn(thread: number): number {
    const at = thread * TURN_STRIDE;
    let turn = Number(native.load(this.#turns, at));
    while (turn === Turn.NONE) {
      native.wait(this.#turns, at, Turn.NONE);
      turn = Number(native.load(this.#turns, at));
    }
    this.#turns[at] = Turn.NONE;
    return turn;
  }
}
