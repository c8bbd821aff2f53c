/**
 * The life of schedules in one worker: run a thread, and when it ends hand the baton on; whoever ends last runs
 * `check`, lays the bytes out anew and begins the next schedule. Nobody else takes part: the host sleeps meanwhile.
 *
 *     BEGIN ─▶ threads run ─▶ last one ends ─▶ check ─▶ next schedule │ finished
 *                  └─ failure, or cut ─▶ every thread that stands half-way is unwound, one after the other ─┘
 *
 * **Deaths**: a killed worker never runs its `finally` blocks, but here the worker must live on. So the bytes are kept
 * at the kill, the stack is unwound with every further operation throwing, and the bytes are put back.
 */
import { CrashPoint, MAX_THREADS, Mode, Status, Turn, Verdict, Word, type VerdictCode } from '../engine/board.ts';
import type { BufferSource, Snapshot, World } from '../buffers/buffer-source.ts';
import { forgetPromises, madePromises } from '../patches/promise-watch.ts';
import { fromBytes, toBytes } from '../buffers/clone.ts';
import type { Mail } from '../buffers/mail.ts';
import { portOf } from '../ports/port.ts';
import type { VirtualClock } from '../engine/clock.ts';
import type { Settings, WorkerMessage } from './messages.ts';
import { RaceLog } from '../trace/race-log.ts';
import type { Scenario } from './scenario.ts';
import { OVER } from '../engine/decider.ts';
import { beginRecheck, endRecheck } from '../engine/recheck.ts';
import { pathText } from '../trace/schedule-string.ts';
import { WATCHED_SCHEDULES, WriteWatch } from '../patches/write-watch.ts';
import type { ThreadContext } from '../patches/thread-context.ts';
import { describeThrown } from './thrown.ts';

const ALL = -1;
/** Hooks share one sequence of random numbers, which is no thread's. */
export const HOOK_CLOCK: number = MAX_THREADS;

/** Everything that a runner works with. */
export interface RunnerParts {
  readonly scenario: Scenario;
  readonly threads: number;
  readonly context: ThreadContext;
  readonly source: BufferSource;
  readonly mail: Mail;
  /** Messages that `setup` posted. */
  readonly initialMail: World['mail'];
  readonly clock: VirtualClock;
  readonly settings: Settings;
  /** The log of plain writes in the first schedules, where plain accesses are not instrumented. */
  readonly watched: RaceLog | undefined;
  readonly post: (message: WorkerMessage) => void;
}

/** One worker's part in the schedules. */
export class Runner {
  readonly #parts: RunnerParts;
  readonly #outcomes = new Map<string, number>();
  readonly #schedules: string[] = [];
  #snapshot: Snapshot = [];
  /** Called when the thread of this worker begins. */
  onThread: () => void = () => undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    const { scheduler } = parts.context;
    scheduler.beforeUnwinding = () => {
      if (!scheduler.dying) return;
      if (parts.context.tracer.on) parts.context.tracer.step({ changed: false });
      this.#snapshot = parts.source.snapshot();
    };
  }

  /** Serves until the worker is terminated. */
  async serve(): Promise<never> {
    const { board, me } = this.#parts.context.scheduler;
    for (;;) {
      const turn = board.awaitTurn(me);
      if (turn === Turn.RUN || turn === Turn.DIE) {
        const pending = this.#runThread(turn);
        if (pending !== undefined) await pending;
      } else if (turn === Turn.CONCLUDE) this.#conclude();
      else if (turn === Turn.BEGIN) this.#begin();
      else if (turn === Turn.NEXT) this.#next();
      else this.#report();
    }
  }

  #runThread(turn: number): Promise<void> | undefined {
    const { context, clock, scenario, source } = this.#parts;
    const { scheduler, tracer } = context;
    const { buffer } = source;
    context.buffers.restart();
    this.onThread();
    this.#watchWrites();
    const shared = source.shared();
    tracer.on = scheduler.board.words[Word.TRACING] !== 0;
    clock.restart(scheduler.me);
    scheduler.start(turn);
    forgetPromises();
    try {
      const result: unknown = scenario.thread(scheduler.me, buffer, shared);
      if (isThenable(result)) return this.#driveThread(Promise.resolve(result).then((value) => this.#leave(value)));
      this.#leave(result);
      if (madePromises()) return this.#driveThread(Promise.resolve());
    } catch (error) {
      this.#threadEnded({ error });
      return undefined;
    }
    this.#threadEnded();
    return undefined;
  }

  /** Plain writes are watched in the first schedules. */
  #watchWrites(): void {
    const { context, source, watched } = this.#parts;
    if (watched === undefined) return;
    const { scheduler } = context;
    const isOn = scheduler.board.words[Word.BEGUN] <= WATCHED_SCHEDULES;
    context.races = isOn ? watched : undefined;
    scheduler.watcher = isOn ? new WriteWatch(source, watched, (address) => context.onRace(address)) : undefined;
  }

  /** Keeps what the thread returned for `check`. @throws Error where it cannot be cloned */
  #leave(result: unknown): void {
    const { context, mail, scenario } = this.#parts;
    if (context.scheduler.unwinding || result === undefined || scenario.check === undefined) return;
    mail.put(context.scheduler.me, this.pack(result));
  }

  /** A value as bytes; a buffer that this thread made can be seen by others from then on. */
  pack(value: unknown): Uint8Array {
    const { context, source } = this.#parts;
    const idOf = (buffer: SharedArrayBuffer): number => context.buffers.idOf(buffer) ?? source.publish(buffer);
    return toBytes(value, 'message', { idOf, portOf });
  }

  /** What the threads returned. */
  #results(): unknown[] {
    const { mail, source, threads } = this.#parts;
    return Array.from({ length: threads }, (_, thread) => {
      const bytes = mail.take(thread);
      return bytes === undefined ? undefined : fromBytes(bytes, source.objects);
    });
  }

  async #driveThread(thread: Promise<void>): Promise<void> {
    try {
      await this.#parts.context.eventLoop.drive(thread);
    } catch (error) {
      this.#threadEnded({ error });
      return;
    }
    this.#threadEnded();
  }

  #threadEnded(thrown?: { error: unknown }): void {
    const { scheduler } = this.#parts.context;
    if (scheduler.unwinding) this.#unwound();
    else {
      const isOver = scheduler.finish();
      if (isOver && thrown !== undefined) this.#blame(Verdict.EXCEPTION, thrown.error);
    }
    this.#advance();
  }

  /** The stack of a thread that died or was cut off is empty. */
  #unwound(): void {
    const { context, scenario, source } = this.#parts;
    const { scheduler, races } = context;
    const { me } = scheduler;
    scheduler.running = false;
    this.#tryHook(() => scenario.unwound?.(me, source.buffer, source.shared()));
    if (!scheduler.dying) {
      scheduler.retire(Status.DONE);
      return;
    }
    scheduler.unwinding = false;
    source.restore(this.#snapshot);
    scheduler.retire(Status.DEAD);
    races?.handOver(ALL);
    this.#tryHook(() => scenario.onDeath?.(me, source.buffer, source.shared()));
  }

  /** This thread has ended; hands the baton on, within this schedule or at its end. */
  #advance(): void {
    const { scheduler } = this.#parts.context;
    const { board, me } = scheduler;
    if (board.words[Word.VERDICT] === Verdict.NONE) {
      const choice = scheduler.decider.decide();
      if (choice !== OVER) {
        scheduler.pass(choice);
        return;
      }
    }
    const half = board.status.findIndex((status) => status !== Status.UNSTARTED && status < Status.DONE);
    if (half >= 0) {
      board.pass(me, half, Turn.CUT);
      return;
    }
    const alive = board.status[me] === Status.DEAD ? board.status.indexOf(Status.DONE) : me;
    if (alive < 0 || alive === me) this.#conclude();
    else board.pass(me, alive, Turn.CONCLUDE);
  }

  #conclude(): void {
    const { board } = this.#parts.context.scheduler;
    const { words } = board;
    if (words[Word.VERDICT] === Verdict.RETRY) this.#begin();
    else if (words[Word.RECHECKING] !== 0) {
      endRecheck(board, hashOf(this.#check()));
      this.#next();
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
    else this.#next();
  }

  /** Begins the next schedule, if there is one. */
  #next(): void {
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
      const outcome = this.#hook(() => scenario.check?.(source.buffer, { died, results }, source.shared()));
      return outcome === undefined ? undefined : String(outcome);
    } catch (error) {
      this.#blame(Verdict.CHECK, error);
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

  /** Lays out the next schedule and hands the baton to the thread that begins. */
  #begin(): void {
    const { context, mail, scenario, source, threads } = this.#parts;
    const { scheduler } = context;
    const { board } = scheduler;
    board.beginSchedule(threads);
    source.layOut();
    mail.clear();
    for (const { box, bytes } of this.#parts.initialMail) mail.put(box, bytes);
    if (scenario.begin !== undefined && !this.#prepared(scenario.begin.bind(scenario))) return;
    this.#watchWrites();
    if (context.races !== undefined) RaceLog.restart(board, threads);
    scheduler.pass(scheduler.decider.decide());
  }

  /** Runs `begin`; where it throws, the scenario cannot be explored. */
  #prepared(begin: NonNullable<Scenario['begin']>): boolean {
    const { context, source, post } = this.#parts;
    try {
      const run = context.scheduler.board.words[Word.BEGUN];
      this.#hook(() => begin(source.buffer, run, source.shared()));
      return true;
    } catch (error) {
      post({ type: 'broken', message: `begin failed: ${describeThrown(error)}` });
      return false;
    }
  }

  #report(): void {
    this.#parts.post({ type: 'report', outcomes: [...this.#outcomes], schedules: this.#schedules });
  }

  #blame(verdict: VerdictCode, error: unknown): void {
    this.#parts.context.scheduler.blame(verdict);
    this.#parts.post({ type: 'thrown', message: describeThrown(error) });
  }

  /** Runs code of the scenario outside of its threads: its operations are executed directly. */
  #hook<Result>(call: () => Result): Result {
    const { context, clock } = this.#parts;
    context.inHook = true;
    context.scheduler.board.words[Word.IN_HOOK] = 1;
    clock.restart(HOOK_CLOCK);
    try {
      return call();
    } finally {
      context.inHook = false;
      context.scheduler.board.words[Word.IN_HOOK] = 0;
    }
  }

  #tryHook(call: () => void): void {
    try {
      this.#hook(call);
    } catch (error) {
      this.#blame(Verdict.EXCEPTION, error);
    }
  }
}

/** What came of a schedule, in 32 bits. */
function hashOf(outcome: string | undefined): number {
  let hash = outcome === undefined ? 0 : 7;
  for (let at = 0; at < (outcome?.length ?? 0); at++) hash = Math.imul(hash ^ (outcome?.codePointAt(at) ?? 0), 31);
  return hash;
}

const isThenable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
