/**
 * What a user writes: a small program of a few threads over one shared buffer, and what must hold at its end.
 *
 * A scenario is the default export of a module of its own, which every virtual thread imports after `Atomics` was
 * replaced. Nothing but the buffer is shared: module variables are each worker's own and survive from schedule to
 * schedule, so a `thread` must not depend on what an earlier run left in them.
 */

/** How the threads of a schedule ended, as `check` gets it. */
export interface RunEnd {
  /** Indexes of the threads that died at a crash point, in the order of their deaths. */
  readonly died: readonly number[];
}

/** A program to explore. */
export interface Scenario {
  /** Name in schedule strings; by default the file's. */
  readonly name?: string;
  /** Virtual threads, 1 to 15. */
  readonly threads: number;
  /** Bytes of the shared buffer, a multiple of 8. */
  readonly bytes: number;
  /** Makes the buffer growable up to this many bytes. */
  readonly maxBytes?: number;
  /** Runs once, before any thread; the bytes that it leaves are laid out anew before every schedule. */
  setup?(buffer: SharedArrayBuffer): void;
  /**
   * Runs before each schedule, on the bytes as `setup` left them; `run` is another number each time. For modules that
   * recognize a buffer by an id in it, and would take this schedule's for the last one's. No operation of a thread may
   * depend on `run`, or replays differ.
   */
  begin?(buffer: SharedArrayBuffer, run: number): void;
  /** One virtual thread. It may be async, to await `Atomics.waitAsync`. What it throws is a failure. */
  thread(index: number, buffer: SharedArrayBuffer): void | Promise<void>;
  /**
   * Runs at the end of each schedule, in the worker of one of the threads; what it throws is a failure. What it
   * returns, if anything, is counted as an outcome (`ExploreResult.outcomes`).
   */
  check?(buffer: SharedArrayBuffer, end: RunEnd): string | number | void;
  /**
   * Runs right after thread `index` died, before any other thread goes on, in the dead thread's worker. A virtual
   * death is invisible to the operating system: write here what a synchronous check of liveness will read.
   */
  onDeath?(index: number, buffer: SharedArrayBuffer): void;
  /**
   * Runs in the worker of a thread that was cut off half-way, by a death or because its schedule failed. Drop private
   * state there that the module under test kept in variables; what it writes to the buffer is undone.
   */
  unwound?(index: number, buffer: SharedArrayBuffer): void;
  /** Names a byte address in reports. */
  nameOf?(address: number): string | undefined;
  /** Whether unordered plain accesses at this byte address are intended; they are then no data race. */
  racesAllowedAt?(address: number): boolean;
}

/** Declares a scenario; it only gives the literal its type. */
export function defineScenario(scenario: Scenario): Scenario {
  return scenario;
}

/** The scenario cannot be explored: it does not exist, has no valid shape, throws in `setup`, or never ends. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}
