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
import type { BufferSource } from '../patches/buffer-source.ts';
import type { VirtualClock } from '../engine/clock.ts';
import type { Settings, WorkerMessage } from './messages.ts';
import { RaceLog } from '../trace/race-log.ts';
import type { Scenario } from './scenario.ts';
import { OVER } from '../engine/decider.ts';
import { pathText } from '../trace/schedule-string.ts';
import type { ThreadContext } from '../patches/thread-context.ts';
import { describeThrown } from './thrown.ts';

const ALL = -1;
/** Hooks share one sequence of random numbers, which is no thread's. */
const HOOK_CLOCK = MAX_THREADS;

/** Everything that a runner works with. */
export interface RunnerParts {
  readonly scenario: Scenario;
  readonly threads: number;
  readonly context: ThreadContext;
  readonly source: BufferSource;
  readonly clock: VirtualClock;
  readonly settings: Settings;
  readonly post: (message: WorkerMessage) => void;
}

/** One worker's part in the schedules. */
export class Runner {
  readonly #parts: RunnerParts;
  readonly #outcomes = new Map<string, number>();
  readonly #schedules: string[] = [];
  #snapshot: Uint8Array = new Uint8Array(0);

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    const { scheduler } = parts.context;
    scheduler.beforeUnwinding = () => {
      if (!scheduler.dying) return;
      if (parts.context.tracer.on) parts.context.tracer.step({ changed: false });
      this.#snapshot = parts.source.snapshot();
    };
  }

  /** Runs `setup` and keeps what it leaves. */
  setUp(): void {
    const { scenario, source } = this.#parts;
    this.#hook(() => scenario.setup?.(source.buffer));
    source.keepImage();
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
      else this.#report();
    }
  }

  #runThread(turn: number): Promise<void> | undefined {
    const { context, clock, scenario, source } = this.#parts;
    const { scheduler, tracer } = context;
    context.buffer = source.buffer;
    tracer.on = scheduler.board.words[Word.TRACING] !== 0;
    clock.restart(scheduler.me);
    scheduler.start(turn);
    try {
      const pending = scenario.thread(scheduler.me, context.buffer);
      if (pending instanceof Promise) return this.#driveThread(pending);
    } catch (error) {
      this.#threadEnded({ error });
      return undefined;
    }
    this.#threadEnded();
    return undefined;
  }

  async #driveThread(thread: Promise<void>): Promise<void> {
    try {
      await this.#parts.context.asyncWaits.drive(thread);
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
      scheduler.finish();
      if (thrown !== undefined) this.#blame(Verdict.EXCEPTION, thrown.error);
    }
    this.#advance();
  }

  /** The stack of a thread that died or was cut off is empty. */
  #unwound(): void {
    const { context, scenario, source } = this.#parts;
    const { scheduler, races } = context;
    const { me } = scheduler;
    scheduler.running = false;
    this.#tryHook(() => scenario.unwound?.(me, source.buffer));
    if (!scheduler.dying) {
      scheduler.retire(Status.DONE);
      return;
    }
    scheduler.unwinding = false;
    source.restore(this.#snapshot);
    scheduler.retire(Status.DEAD);
    races?.handOver(ALL);
    this.#tryHook(() => scenario.onDeath?.(me, source.buffer));
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
    const { context, settings, post } = this.#parts;
    const { board, decider } = context.scheduler;
    const { chooser } = decider;
    const { words } = board;
    const counts = words[Word.VERDICT] !== Verdict.PRUNED && chooser.counts();
    if (words[Word.VERDICT] === Verdict.COMPLETE) this.#check(counts);
    const failed = words[Word.VERDICT] >= Verdict.DEADLOCK;
    if (counts) this.#noteDeaths(failed);
    if (counts) words[Word.SCHEDULES]++;
    else if (words[Word.VERDICT] === Verdict.PRUNED) words[Word.PRUNED]++;
    if (counts && settings.recordSchedules) this.#schedules.push(pathText(board));
    const searching = words[Word.MODE] === Mode.SEARCH;
    const stops = failed && searching && (settings.stopAtFailure || words[Word.VERDICT] === Verdict.NONDETERMINISM);
    if (failed && (counts || stops)) words[Word.FAILURES]++;
    if (stops || !chooser.advance()) post({ type: 'finished' });
    else this.#begin();
  }

  #check(counts: boolean): void {
    const { context, scenario, source } = this.#parts;
    const { board } = context.scheduler;
    const died = [...board.diedThread.subarray(0, board.words[Word.DEATHS])];
    try {
      const outcome = this.#hook(() => scenario.check?.(source.buffer, { died }));
      if (counts && outcome !== undefined) {
        this.#outcomes.set(String(outcome), (this.#outcomes.get(String(outcome)) ?? 0) + 1);
      }
    } catch (error) {
      this.#blame(Verdict.CHECK, error);
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
    const { context, scenario, source, threads } = this.#parts;
    const { scheduler, races } = context;
    const { board } = scheduler;
    board.beginSchedule(threads);
    source.layOut();
    if (scenario.begin !== undefined && !this.#prepared(scenario.begin.bind(scenario))) return;
    if (races !== undefined) RaceLog.restart(board, threads);
    scheduler.pass(scheduler.decider.decide());
  }

  /** Runs `begin`; where it throws, the scenario cannot be explored. */
  #prepared(begin: (buffer: SharedArrayBuffer, run: number) => void): boolean {
    const { context, source, post } = this.#parts;
    try {
      this.#hook(() => begin(source.buffer, context.scheduler.board.words[Word.BEGUN]));
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
    const { context, clock, source } = this.#parts;
    context.buffer = source.buffer;
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
