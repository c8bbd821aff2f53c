/**
 * The baton: exactly one virtual thread runs, the others sleep on their word of the board. Whoever arrives at an
 * operation decides, with the same code in every worker, who takes the next step, and sleeps only if that is another.
 *
 *     arrive ──▶ decide ──▶ I: begin, execute, settle      (no system call)
 *                     └───▶ another: pass the baton, sleep ──▶ RUN: begin … │ DIE, CUT: unwind
 *
 * A thread that was just started or woken takes its first operation in the step that chose it: there is nothing to
 * decide before that, because only its private code has run. Unwinding throws `VANISHED` from this and every later
 * operation of the thread until its stack is empty.
 */
import { DEATH, Status, Turn, Word, type Board, type VerdictCode } from './board.ts';
import { Decider, OVER } from './decider.ts';
import { digest, type Element, type IntegerView } from './native-atomics.ts';
import { addressOf, keyOf, Operation, type OperationCode } from './operation.ts';
import { Look, Spin } from './spin.ts';
import { enableWaiting } from './stalemate.ts';
import { Persisting, wakeAllSpinners, wakeSpinners, yieldToOthers } from './step-back.ts';
import { StepLog } from './step-log.ts';
import { NO_ADDRESS, SYNCHRONOUS, WaitQueue, Waiting } from './wait-queue.ts';

/** Thrown through a thread that ends half-way. It is made once, because taking a stack is slow. */
export const VANISHED: Error = new Error('this virtual thread was ended by the explorer; let the error pass');

/** Rules of the scheduler that a user can set. */
export interface SchedulerRules {
  /** Re-reads after which a loop is taken to be endless. */
  readonly spinLimit: number;
  /** Whether a timeout may fire while others can run, at the price of a preemption. */
  readonly eagerTimeouts: boolean;
}

/** Steps in a row after which a thread yields to others that could run. */
const MAX_IN_A_ROW = 2_000;
/** Stands in where a plain access has no element that could be looked at. */
export const NO_VIEW: IntegerView = new Int32Array(0);

/** One worker's part of the scheduler. */
export class Scheduler {
  readonly board: Board;
  readonly me: number;
  readonly queue: WaitQueue;
  readonly decider: Decider;
  /** Whether code of the scenario runs in this worker as a virtual thread. */
  running = false;
  /** Whether the thread's stack is being emptied, because of a death or because the schedule is over. */
  unwinding = false;
  dying = false;
  /** Called in the thread that dies or is cut off, before its stack is unwound. */
  beforeUnwinding: () => void = () => undefined;
  readonly spin: Spin;
  /** Told where the thread's own code runs between two operations, while that is watched. */
  watcher: { resume(): void; pause(): void } | undefined;
  readonly #steps: StepLog;
  #joinsStep = false;
  #diesOnArrival = false;

  constructor(board: Board, me: number, rules: SchedulerRules) {
    this.board = board;
    this.me = me;
    this.queue = new WaitQueue(board);
    this.#steps = new StepLog(board, me);
    this.decider = new Decider(board, this.queue, this.#steps, rules.eagerTimeouts);
    this.spin = new Spin(board, me, rules.spinLimit);
  }

  /** The thread begins, chosen to run or to die at its first operation. */
  start(turn: number): void {
    this.running = true;
    this.unwinding = false;
    this.dying = false;
    this.#joinsStep = true;
    this.#diesOnArrival = turn === Turn.DIE;
    this.spin.restart();
    this.watcher?.resume();
    this.board.status[this.me] = Status.READY;
  }

  /**
   * Stands before an operation and returns when it is to be executed: true for a step of the schedule, false for one
   * more round of a loop in which the thread spins on, which changes nothing and is no step. `view`, `index` and the
   * operands only serve to tell whether the operation would change anything.
   */
  arrive(
    code: OperationCode,
    address: number,
    size: number,
    view: IntegerView,
    index: number,
    operand: Element,
    second: Element,
  ): boolean {
    if (this.unwinding) throw VANISHED;
    const { board, me } = this;
    const { words } = board;
    this.watcher?.pause();
    const key = keyOf(code, address);
    words[Word.BEAT]++;
    const look = this.#joinsStep ? Look.STEP : this.spin.look(key, view, index, operand, second);
    if (look === Look.PASS) return false;
    if (look === Look.RETRY) this.#unwind();
    board.key[me] = key;
    board.size[me] = size;
    board.operations[me]++;
    if (this.#joinsStep) {
      this.#join();
      return true;
    }
    if (look === Look.STEP_BACK) this.spin.stepBack();
    else if (this.spin.isEnding) words[Word.IN_A_ROW] = 0;
    else if (words[Word.IN_A_ROW] > MAX_IN_A_ROW && words[Word.ALONE] === 0) yieldToOthers(board, me);
    const choice = this.decider.decide();
    if (choice === me) this.#begin();
    else this.#proceedSlow(choice);
    return true;
  }

  /** Like `arrive`, where no other thread may come between: the thread goes on, or dies. */
  arriveAlone(code: OperationCode, address: number, size: number): void {
    const { words } = this.board;
    words[Word.ALONE] = 1;
    this.arrive(code, address, size, NO_VIEW, 0, 0, 0);
    words[Word.ALONE] = 0;
  }

  /** The operation was executed on memory, and found or left `value`. */
  settle(address: number, value: Element, changed: boolean): void {
    this.#end(digest(value));
    if (changed) this.noteChange(address, this.board.size[this.me]);
    else this.spin.watch.note(this.board.key[this.me], value);
  }

  /** An operation was executed that does not change memory, but may change what others can do. */
  settleSignal(value: number, progress: boolean): void {
    this.#end(value);
    this.#steps.noteEffect();
    if (progress) this.spin.watch.progress();
    else this.spin.watch.note(this.board.key[this.me], value);
  }

  /** The thread does something that is no operation, but no loop of reads does. */
  leaveLoop(): void {
    if (this.spin.leave() === Look.RETRY) this.#unwind();
  }

  /** Sleeps in the virtual queue; `timeout` is in milliseconds. */
  sleep(address: number, timeout: number): 'ok' | 'timed-out' {
    this.enqueue(address, SYNCHRONOUS, timeout);
    this.block(Status.WAITING);
    const timedOut = this.queue.takeSettled(this.me, true)?.state === Waiting.TIMED_OUT;
    this.#steps.mix(Number(timedOut));
    return timedOut ? 'timed-out' : 'ok';
  }

  /** Enters the wait queue; a spinning thread that notifies there would now wake somebody. */
  enqueue(address: number, id: number, timeout: number): void {
    const { board, me } = this;
    this.queue.push(me, address, id, board.clock[0] + timeout);
    if (address !== NO_ADDRESS && board.words[Word.SPINNING] !== 0) wakeSpinners(board, ~address, 1);
  }

  /** Gives the baton away until an entry of this thread in the wait queue is settled that it sleeps for. */
  block(status: typeof Status.WAITING | typeof Status.AWAITING): void {
    const { board, me } = this;
    this.leaveLoop();
    if (this.#joinsStep) this.#pause();
    this.watcher?.pause();
    board.status[me] = status;
    board.words[Word.ENABLED] &= ~(1 << me);
    this.spin.watch.progress();
    const choice = this.decider.decide();
    if (choice === OVER) this.#unwind();
    if ((choice & ~DEATH) === me) this.#diesOnArrival = choice !== me;
    else this.#passAndSleep(choice);
    this.#joinsStep = true;
    this.watcher?.resume();
    board.status[me] = Status.READY;
  }

  /** Wakes up to `count` sleepers on `address`, and tells how many and whose they are. */
  wake(address: number, count: number): { threads: number; woken: number } {
    const notified = this.queue.notify(address, count);
    enableWaiting(this.board, this.queue, notified.threads);
    return notified;
  }

  /** Ends the schedule here, with a failure of this thread. */
  fail(verdict: VerdictCode): never {
    this.blame(verdict);
    return this.#unwind();
  }

  /** Takes a failure of this thread down; the schedule is over. */
  blame(verdict: VerdictCode): void {
    const { words } = this.board;
    words[Word.VERDICT] = verdict;
    words[Word.FAILED_THREAD] = this.me;
  }

  /**
   * The thread's code has ended by itself; where it executed nothing, its end is the step that it was chosen for. False
   * if the schedule is to be run again.
   */
  finish(): boolean {
    this.running = false;
    this.watcher?.pause();
    const isOver = this.spin.leave() !== Look.RETRY;
    if (this.#joinsStep) this.#stepWithout(Operation.EXIT);
    this.retire(Status.DONE);
    return isOver;
  }

  /** The thread is over. */
  retire(status: typeof Status.DONE | typeof Status.DEAD): void {
    const { board, me } = this;
    this.running = false;
    board.endedAs[me] = this.unwinding ? board.status[me] : status;
    board.status[me] = status;
    board.words[Word.ENABLED] &= ~(1 << me);
    board.words[Word.SPINNING] &= ~(1 << me);
    this.queue.removeAll(me);
    if (status === Status.DEAD) wakeAllSpinners(board);
  }

  /** Hands the baton to the thread of a choice. */
  pass(choice: number): void {
    this.board.pass(this.me, choice & ~DEATH, choice < DEATH ? Turn.RUN : Turn.DIE);
  }

  /** Takes the step that the thread was chosen for without an operation. */
  #stepWithout(code: OperationCode): boolean {
    this.#standBefore(code);
    this.#joinsStep = false;
    return this.#steps.begin() && this.#steps.end(0);
  }

  #standBefore(code: OperationCode): void {
    this.board.key[this.me] = keyOf(code, 0);
    this.board.size[this.me] = 0;
  }

  /** The thread has nothing to do before it comes to any operation. */
  #pause(): void {
    this.#standBefore(Operation.PAUSE);
    if (this.#diesOnArrival) this.#die();
    if (!this.#stepWithout(Operation.PAUSE)) this.#unwind();
  }

  #join(): void {
    this.#joinsStep = false;
    if (this.#diesOnArrival) this.#die();
    this.#begin();
  }

  #proceedSlow(choice: number): void {
    if (choice === OVER) this.#unwind();
    if (choice === (this.me | DEATH)) this.#die();
    this.#passAndSleep(choice);
    if (this.#diesOnArrival) this.#die();
    this.#begin();
  }

  #passAndSleep(choice: number): void {
    this.pass(choice);
    const turn = this.board.awaitTurn(this.me);
    if (turn === Turn.CUT) this.#unwind();
    this.#diesOnArrival = turn === Turn.DIE;
  }

  #begin(): void {
    this.board.controlled[this.me] = 1;
    if (!this.#steps.begin()) this.#unwind();
  }

  #end(value: number): void {
    this.watcher?.resume();
    if (!this.#steps.end(value)) this.#unwind();
  }

  /** This thread changed memory: it makes progress, and so may those that spin on it. */
  noteChange(address: number, size: number): void {
    const { board, me } = this;
    const { words } = board;
    this.#steps.noteEffect();
    this.spin.watch.progress();
    board.persisting[me] = Persisting.NOT;
    words[Word.SPUN_OUT] = 0;
    if (words[Word.SPINNING] !== 0) wakeSpinners(board, address, size);
  }

  #die(): never {
    const { board, me } = this;
    const { words } = board;
    const death = words[Word.DEATHS]++;
    board.diedThread[death] = me;
    board.diedAt[death] = board.operations[me];
    board.key[me] = keyOf(Operation.DIE, addressOf(board.key[me]));
    this.dying = true;
    if (this.#steps.begin()) this.#steps.end(0);
    return this.#unwind();
  }

  #unwind(): never {
    this.unwinding = true;
    this.board.words[Word.ALONE] = 0;
    this.beforeUnwinding();
    throw VANISHED;
  }
}
