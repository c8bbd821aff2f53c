/**
 * The options of an exploration, and what they default to.
 */
import type { Settings, Shard } from './host/messages.ts';
import type { PlainMode } from './patches/plain-access.ts';
import type { Replacement } from './host/replacement.ts';
import type { SessionOptions } from './host/session.ts';
import type { Progress } from './outcome/progress.ts';
import { preemptions, type Strategy } from './search/strategy.ts';

/** Options of `explore` and `replay`. */
export interface ExploreOptions {
  /** How schedules are chosen; `preemptions(2)` by default. */
  readonly strategy?: Strategy;
  /**
   * Deaths: a thread vanishes right before an operation of `Atomics`, a growth of the buffer or, where plain accesses
   * are instrumented, a plain write. `'every-operation'` tries one death at each; `{ deaths: 2 }` also pairs, so
   * that a thread which repairs dies too. Default `'none'`.
   */
  readonly crash?: 'none' | 'every-operation' | { readonly deaths: 1 | 2 };
  /**
   * Plain accesses: `'race-log'` looks for data races among them, `'schedule'` makes each a step besides. Default
   * `'off'`, the only mode in which views of the buffer are no proxies.
   */
  readonly plain?: PlainMode;
  /**
   * Whether equivalent schedules are left out (sleep sets). Default: where plain accesses are instrumented; otherwise
   * an unseen plain access could make schedules differ that look equivalent.
   */
  readonly reduction?: boolean;
  /** `'lazy'`: a timeout fires only when nothing else can run. `'eager'`: also before, at the price of a preemption. */
  readonly timeouts?: 'lazy' | 'eager';
  /** Re-reads of unchanged memory after which a loop is taken to be endless. Default 1,000. */
  readonly spinLimit?: number;
  /** Steps after which a schedule is a livelock. Default 20,000. */
  readonly maxSteps?: number;
  /** Milliseconds without any operation after which a thread is taken to loop for ever. Default 5,000. */
  readonly watchdogMs?: number;
  /** Whether the first failure ends the search. Default true; otherwise failing schedules are only counted. */
  readonly stopAtFailure?: boolean;
  /** Whether the result lists the schedules tried. */
  readonly recordSchedules?: boolean;
  /** One part of a search that is split over several jobs: `'1/4'` is the first of four. */
  readonly shard?: string;
  /** Jobs that share the search, each with threads of its own on one core. Default 1. */
  readonly jobs?: number;
  /** Milliseconds after which the search ends with what it has covered. Default: none. */
  readonly timeMs?: number;
  /** Ends the search with what it has covered. */
  readonly signal?: AbortSignal;
  /** Told a few times a second how the search goes. */
  readonly onProgress?: (progress: Progress) => void;
  /** Source text to replace in modules that the scenario loads: mutants. */
  readonly replace?: readonly Replacement[];
}

const NO_SHARD: Shard = { index: 0, count: 1 };

/** @throws RangeError for an option out of range */
export function checkedOptions(options: ExploreOptions): SessionOptions {
  const plain = options.plain ?? 'off';
  const settings: Settings = {
    strategy: options.strategy ?? preemptions(2),
    deaths: deathsOf(options.crash ?? 'none'),
    plain,
    reduction: options.reduction ?? plain !== 'off',
    eagerTimeouts: options.timeouts === 'eager',
    spinLimit: atLeastOne('spinLimit', options.spinLimit ?? 1_000),
    stopAtFailure: options.stopAtFailure ?? true,
    recordSchedules: options.recordSchedules ?? false,
    shard: options.shard === undefined ? NO_SHARD : parseShard(options.shard),
    jobs: atLeastOne('jobs', options.jobs ?? 1),
  };
  return {
    settings,
    replace: options.replace ?? [],
    maxSteps: atLeastOne('maxSteps', options.maxSteps ?? 20_000),
    watchdogMs: atLeastOne('watchdogMs', options.watchdogMs ?? 5_000),
  };
}

/** `'2/3'` is the second of three shards. @throws RangeError */
export function parseShard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || index < 1 || index > count) {
    throw new RangeError(`shard: ${text} is no shard; the second of three is 2/3`);
  }
  return { index: index - 1, count };
}

function deathsOf(crash: NonNullable<ExploreOptions['crash']>): number {
  if (crash === 'none') return 0;
  return crash === 'every-operation' ? 1 : crash.deaths;
}

function atLeastOne(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`${name}: ${value} is no whole number of at least 1`);
}
