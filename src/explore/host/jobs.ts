/**
 * The sessions of one search: each has workers of its own, on a core of its own, and they share the frontier. The first
 * failure, a limit of time, or a signal stops all of them.
 */
import { Verdict, Word } from '../engine/board.ts';
import { Frontier } from '../search/frontier.ts';
import type { Settings, Shard } from './messages.ts';
import { Session, type SessionOptions } from './session.ts';

/** Why a search ended before everything was tried. */
export type Stopped = 'failure' | 'time' | 'interrupted';

/** What may end a search, and who is told how it goes. */
export interface Watching {
  readonly timeMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((jobs: Jobs) => void) | undefined;
}

/** How a search ended; `session` is the one whose schedule failed, or never ended. */
export interface SearchEnd {
  readonly stopped: Stopped | undefined;
  readonly session: Session | undefined;
  readonly isEndless: boolean;
}

const PROGRESS_MS = 200;

/** One search. */
export class Jobs {
  readonly sessions: readonly Session[];
  readonly frontier: Frontier;
  readonly #settings: Settings;

  private constructor(sessions: readonly Session[], frontier: Frontier, settings: Settings) {
    this.sessions = sessions;
    this.frontier = frontier;
    this.#settings = settings;
  }

  /** Starts the workers of all jobs. @throws ScenarioError */
  static async open(url: URL, options: SessionOptions): Promise<Jobs> {
    const { settings } = options;
    const frontier = new Frontier();
    const opening = Array.from({ length: settings.jobs }, (_, index) => {
      const own = { ...settings, shard: shardOf(settings, index) };
      return Session.open(url, { ...options, settings: own }, { index, frontier });
    });
    const opened = await Promise.allSettled(opening);
    const sessions = opened.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
    const failed = opened.find((one) => one.status === 'rejected');
    if (failed === undefined) return new Jobs(sessions, frontier, settings);
    await Promise.all(sessions.map((session) => session.close()));
    throw failed.reason;
  }

  /** Runs all jobs to the end of the search. */
  async search({ timeMs, signal, onProgress }: Watching): Promise<SearchEnd> {
    this.frontier.restart();
    let stopped: Stopped | undefined;
    let found: Session | undefined;
    let isEndless = false;
    const stop = (why: Stopped): void => {
      stopped ??= why;
      for (const session of this.sessions) session.stop();
    };
    const interrupt = (): void => stop('interrupted');
    const limit = timeMs === undefined ? undefined : setTimeout(() => stop('time'), timeMs);
    const progress = onProgress === undefined ? undefined : setInterval(() => onProgress(this), PROGRESS_MS);
    signal?.addEventListener('abort', interrupt);
    if (signal?.aborted === true) interrupt();
    const running = this.sessions.map(async (session) => {
      try {
        const isStuck = (await session.search()) === 'stuck';
        if (!isStuck && !this.#endsSearch(session)) return;
        if (found === undefined) [found, isEndless] = [session, isStuck];
        stop('failure');
      } catch (error) {
        stop('failure');
        throw error;
      }
    });
    try {
      await Promise.all(running);
    } finally {
      clearTimeout(limit);
      clearInterval(progress);
      signal?.removeEventListener('abort', interrupt);
      await Promise.allSettled(running);
    }
    return { stopped: this.#isThrough() ? undefined : stopped, session: found, isEndless };
  }

  async close(): Promise<void> {
    await Promise.all(this.sessions.map((session) => session.close()));
  }

  /** Whether everything was tried before the search could be stopped. */
  #isThrough(): boolean {
    const isSearch = this.#settings.strategy.kind === 'preemptions';
    return isSearch && this.sessions.every(({ board }) => board.words[Word.COMPLETE] !== 0);
  }

  /** A program that is not deterministic cannot be searched on, even where failures are only counted. */
  #endsSearch({ board: { words } }: Session): boolean {
    const goesOn = !this.#settings.stopAtFailure && words[Word.VERDICT] !== Verdict.NONDETERMINISM;
    return words[Word.FAILURES] > 0 && !goesOn;
  }
}

/** Jobs that sample share the runs out. */
function shardOf({ jobs, shard, strategy }: Settings, job: number): Shard {
  if (strategy.kind === 'preemptions') return shard;
  return { index: shard.index + job * shard.count, count: shard.count * jobs };
}
