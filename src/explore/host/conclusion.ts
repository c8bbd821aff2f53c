/**
 * The end of a schedule, in the worker whose thread ended last: runs `check`, counts what came of it, and decides whether
 * the schedule is run again, the next one begins, or the search is over.
 */
import { CrashPoint, Mode, Verdict, Word } from '../engine/board.ts';
import { beginRecheck, endRecheck } from '../engine/recheck.ts';
import { fromBytes } from '../buffers/clone.ts';
import { pathText } from '../trace/schedule-string.ts';
import type { Hooks } from './hooks.ts';
import type { RunnerParts } from './runner-parts.ts';

/** One worker's count of schedules. */
export class Conclusion {
  readonly #parts: RunnerParts;
  readonly #hooks: Hooks;
  readonly #begin: () => void;
  readonly #outcomes = new Map<string, number>();
  readonly #schedules: string[] = [];

  /** @param begin - lays out the next schedule and gives the baton to its first thread */
  constructor(parts: RunnerParts, hooks: Hooks, begin: () => void) {
    this.#parts = parts;
    this.#hooks = hooks;
    this.#begin = begin;
  }

  /** The schedule is over. */
  conclude(): void {
    const { board } = this.#parts.context.scheduler;
    const { words } = board;
    if (words[Word.VERDICT] === Verdict.RETRY) this.#begin();
    else if (words[Word.RECHECKING] !== 0) {
      endRecheck(board, hashOf(this.#check()));
      // What a repetition fails with is a failure like any other.
      if (words[Word.VERDICT] >= Verdict.DEADLOCK) this.#count();
      else this.next();
    } else this.#count();
  }

  #count(): void {
    const { context, settings, post } = this.#parts;
    const { board, decider } = context.scheduler;
    const { words } = board;
    const counts = words[Word.VERDICT] !== Verdict.PRUNED && decider.chooser.counts();
    const outcome = words[Word.VERDICT] === Verdict.COMPLETE ? this.#check() : undefined;
    const failed = words[Word.VERDICT] >= Verdict.DEADLOCK;
    if (counts) this.#noteSchedule(failed, outcome);
    else if (words[Word.VERDICT] === Verdict.PRUNED) words[Word.PRUNED]++;
    const searching = words[Word.MODE] === Mode.SEARCH;
    const stops = failed && searching && (settings.stopAtFailure || words[Word.VERDICT] === Verdict.NONDETERMINISM);
    if (failed && (counts || stops)) words[Word.FAILURES]++;
    if (stops) post({ type: 'finished' });
    else if (!failed && counts && beginRecheck(board, hashOf(outcome))) this.#begin();
    else this.next();
  }

  /** Begins the next schedule, if there is one. */
  next(): void {
    const { context, post } = this.#parts;
    const { words } = context.scheduler.board;
    if (words[Word.STOP] !== 0 || !context.scheduler.decider.chooser.advance()) {
      post({ type: 'finished' });
      return;
    }
    // What was run before with fewer re-reads passed over cannot be compared with what comes.
    if (words[Word.EXACT] !== 0) words[Word.CHECKED] = 0;
    this.#begin();
  }

  #noteSchedule(failed: boolean, outcome: string | undefined): void {
    const { context, settings } = this.#parts;
    const { board } = context.scheduler;
    const { words } = board;
    words[Word.SCHEDULES]++;
    words[Word.RESCUED] += words[Word.RESCUED_NOW];
    this.#noteDeaths(failed);
    if (settings.recordSchedules) this.#schedules.push(pathText(board));
    if (outcome !== undefined) this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }

  /** Runs `check`; what it returned, as text. */
  #check(): string | undefined {
    const { context, scenario, source } = this.#parts;
    const { board } = context.scheduler;
    if (board.words[Word.VERDICT] !== Verdict.COMPLETE) return undefined;
    const died = [...board.diedThread.subarray(0, board.words[Word.DEATHS])];
    try {
      const results = this.#results();
      const outcome = this.#hooks.run(() => scenario.check?.(source.buffer, { died, results }, source.shared()));
      return outcome === undefined ? undefined : String(outcome);
    } catch (error) {
      this.#hooks.blame(Verdict.CHECK, error);
      return undefined;
    }
  }

  #noteDeaths(failed: boolean): void {
    const { board } = this.#parts.context.scheduler;
    for (let death = 0; death < board.words[Word.DEATHS]; death++) {
      const at = board.diedThread[death] * board.maxSteps + Math.min(board.diedAt[death], board.maxSteps - 1);
      board.crashPoints[at] |= failed ? CrashPoint.TRIED | CrashPoint.FAILED : CrashPoint.TRIED;
    }
  }

  /** What the threads returned. */
  #results(): unknown[] {
    const { mail, source, threads } = this.#parts;
    return Array.from({ length: threads }, (_, thread) => {
      const bytes = mail.take(thread);
      return bytes === undefined ? undefined : fromBytes(bytes, source.objects);
    });
  }

  /** Tells the host what this worker counted. */
  report(): void {
    this.#parts.post({ type: 'report', outcomes: [...this.#outcomes], schedules: this.#schedules });
  }
}

/** What came of a schedule, in 32 bits. */
function hashOf(outcome: string | undefined): number {
  let hash = outcome === undefined ? 0 : 7;
  for (let at = 0; at < (outcome?.length ?? 0); at++) hash = Math.imul(hash ^ (outcome?.codePointAt(at) ?? 0), 31);
  return hash;
}
