/**
 * What a user writes: a small program of a few threads over shared buffers, and what must hold at its end.
 *
 * A scenario is the default export of a module of its own, which every virtual thread imports after `Atomics` was
 * replaced. Nothing but shared buffers is shared, as among real workers: module variables are each worker's own and
 * survive from schedule to schedule, so a `thread` must not depend on what an earlier run left in them. What `setup`
 * returned is cloned anew for each thread of each schedule.
 */

/** How the threads of a schedule ended, as `check` gets it. */
export interface RunEnd<Result = unknown> {
  /** Indexes of the threads that died at a crash point, in the order of their deaths. */
  readonly died: readonly number[];
  /** What each thread returned, thread 0 first; `undefined` for one that died. */
  readonly results: readonly Result[];
}

/** A program to explore. */
export interface Scenario<Shared = any, Result = any> {
  /** Name in schedule strings; by default the file's. */
  readonly name?: string;
  /** Virtual threads, 1 to 15. */
  readonly threads: number;
  /** Bytes of the buffer that all functions are given, a multiple of 8; by default it has none. */
  readonly bytes?: number;
  /** Makes the buffer growable up to this many bytes. */
  readonly maxBytes?: number;
  /**
   * Runs once, before any thread, in the worker of thread 0. It may make shared buffers, and return what the threads
   * are to get: anything that can be posted to a worker. The bytes that it leaves in `buffer` and in the buffers that it
   * made are laid out anew before every schedule.
   */
  setup?(buffer: SharedArrayBuffer): Shared | Promise<Shared>;
  /**
   * Runs before each schedule, on the bytes as `setup` left them; `run` is another number each time. For modules that
   * recognize a buffer by an id in it, and would take this schedule's for the last one's. No operation of a thread may
   * depend on `run`, or replays differ.
   */
  begin?(buffer: SharedArrayBuffer, run: number, shared: Shared): void;
  /**
   * One virtual thread; `shared` is a clone of what `setup` returned. It may be async, to await `Atomics.waitAsync`.
   * What it throws is a failure; what it returns, `check` gets.
   */
  thread(index: number, buffer: SharedArrayBuffer, shared: Shared): Result | Promise<Result>;
  /**
   * Runs at the end of each schedule, in the worker of one of the threads; what it throws is a failure. What it
   * returns, if anything, is counted as an outcome (`ExploreResult.outcomes`).
   */
  check?(buffer: SharedArrayBuffer, end: RunEnd<Awaited<Result>>, shared: Shared): string | number | void;
  /**
   * Runs right after thread `index` died, before any other thread goes on, in the dead thread's worker. A virtual
   * death is invisible to the operating system: write here what a synchronous check of liveness will read.
   */
  onDeath?(index: number, buffer: SharedArrayBuffer, shared: Shared): void;
  /**
   * Runs in the worker of a thread that was cut off half-way, by a death or because its schedule failed. Drop private
   * state there that the module under test kept in variables; what it writes to the buffer is undone.
   */
  unwound?(index: number, buffer: SharedArrayBuffer, shared: Shared): void;
  /** Names a byte address of `buffer` in reports; other buffers have the names under which `shared` holds them. */
  nameOf?(address: number): string | undefined;
  /** Whether unordered plain accesses at this byte address of `buffer` are intended; they are then no data race. */
  racesAllowedAt?(address: number): boolean;
}

/** Declares a scenario; it only gives the literal its type. */
export function defineScenario<Shared = undefined, Result = void>(
  scenario: Scenario<Shared, Result>,
): Scenario<Shared, Result> {
  return scenario;
}

/** The scenario cannot be explored: it does not exist, has no valid shape, throws in `setup`, or never ends. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}
