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
import type { Snapshot } from '../buffers/buffer-source.ts';
import { toBytes } from '../buffers/clone.ts';
import { Status, Turn, Verdict, Word } from '../engine/board.ts';
import { OVER } from '../engine/decider.ts';
import { forgetPromises, madePromises } from '../patches/promise-watch.ts';
import { WATCHED_SCHEDULES, WriteWatch } from '../patches/write-watch.ts';
import { portOf } from '../ports/port.ts';
import { RaceLog } from '../trace/race-log.ts';
import { Conclusion } from './conclusion.ts';
import { Hooks } from './hooks.ts';
import type { RunnerParts } from './runner-parts.ts';
import type { Scenario } from './scenario.ts';
import { describeThrown } from '../trace/thrown.ts';

const ALL = -1;

/** One worker's part in the schedules. */
export class Runner {
  readonly #parts: RunnerParts;
  readonly #hooks: Hooks;
  readonly #conclusion: Conclusion;
  #snapshot: Snapshot = [];
  /** Called when the thread of this worker begins. */
  onThread: () => void = () => undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#hooks = new Hooks(parts);
    this.#conclusion = new Conclusion(parts, this.#hooks, () => this.#begin());
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
      } else if (turn === Turn.CONCLUDE) this.#conclusion.conclude();
      else if (turn === Turn.BEGIN) this.#begin();
      else if (turn === Turn.NEXT) this.#conclusion.next();
      else this.#conclusion.report();
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
    const { eventLoop, scheduler } = this.#parts.context;
    eventLoop.end(scheduler.unwinding || thrown !== undefined);
    if (scheduler.unwinding) this.#unwound();
    else {
      const isOver = scheduler.finish();
      if (isOver && thrown !== undefined) this.#hooks.blame(Verdict.EXCEPTION, thrown.error);
    }
    this.#advance();
  }

  /** The stack of a thread that died or was cut off is empty. */
  #unwound(): void {
    const { context, scenario, source } = this.#parts;
    const { scheduler, races } = context;
    const { me } = scheduler;
    scheduler.running = false;
    this.#hooks.attempt(() => scenario.unwound?.(me, source.buffer, source.shared()));
    if (!scheduler.dying) {
      scheduler.retire(Status.DONE);
      return;
    }
    scheduler.unwinding = false;
    source.restore(this.#snapshot);
    scheduler.retire(Status.DEAD);
    races?.handOver(ALL);
    this.#hooks.attempt(() => scenario.onDeath?.(me, source.buffer, source.shared()));
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
    if (alive < 0 || alive === me) this.#conclusion.conclude();
    else board.pass(me, alive, Turn.CONCLUDE);
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
      this.#hooks.run(() => begin(source.buffer, run, source.shared()));
      return true;
    } catch (error) {
      post({ type: 'broken', message: `begin failed: ${describeThrown(error)}` });
      return false;
    }
  }
}

const isThenable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
