/**
 * One round: all streams of a job start together on a heap, and the round ends when each has come back, has died, or
 * had to be ended. Afterwards a worker inspects the heap. The main thread itself never calls the heap, as one that is
 * broken may loop for ever; whatever does not come back in time is terminated and reported.
 */
import { Control, StopReason } from '../control/control.ts';
import type { HeapMap } from '../results/stress-result.ts';
import { complaintsAfterAll, complaintsAnyway, isEmptyAndSound, type Inspection } from '../oracles/inspection.ts';
import { IntervalHistory } from '../oracles/interval-history.ts';
import type { RoundTask } from '../threads/round-task.ts';
import type { Job, RoundSetup } from './job.ts';
import { seeded, Xorshift32 } from '../../xorshift.ts';
import { Reaper } from '../threads/reaper.ts';
import type { StreamOutcome } from '../measures/stream-outcome.ts';
import type { Fault } from '../threads/faults.ts';
import type { Sweep } from '../threads/sweep.ts';
import type { WorkloadThread } from '../threads/workload-thread.ts';
import { described, heapViolation, type Violation } from '../results/violation.ts';
import { Watchdog } from './watchdog.ts';
import type { WorkerPool } from '../threads/worker-pool.ts';

/** How long a stream may do no operation, or an inspection last, before the workers count as lost. */
const PATIENCE_MS = 30_000;
/** The same where a thread is to hang on purpose, or may. */
const PATIENCE_MS_FOR_HANGING = 3000;
/** Faults that make threads hang. */
const HANGING: ReadonlySet<Fault> = new Set(['hang', 'lock', 'seize']);
/** When the time is over, streams have so long to come back, and whoever looks after the heap then at least so long. */
const LAST_MS = 3000;
const LEAST_PATIENCE_MS = 1000;

export interface RoundOptions {
  readonly job: Job;
  readonly pool: WorkerPool;
  /** All of what the workers get but the control words, which are made anew. */
  readonly task: Omit<RoundTask, 'control'>;
  /** Threads to be terminated. */
  readonly kills: number;
  readonly deadlineMs: number;
  /** The round is over after so many. */
  readonly operations: number;
  readonly signal: AbortSignal;
  /** Called some times a second. */
  readonly onTick: (control: Control) => void;
  readonly onMap: (map: HeapMap) => void;
}

export interface RoundResult {
  readonly control: Control;
  readonly seconds: number;
  readonly outcomes: readonly StreamOutcome[];
  /** What was live when the streams had ended, before it was swept up. */
  readonly liveBytes: number;
  readonly inspection: Inspection | undefined;
  /** Whether all work was done, nothing was wrong, and the heap was found empty and consistent. */
  readonly endedEmpty: boolean;
  readonly deaths: number;
  /** Of the dead, those that were in a call to the heap. */
  readonly operationsInFlight: number;
  readonly sweep: Sweep;
  /** The first ones; `control` counts them all. */
  readonly violations: readonly Violation[];
}

export function runRound(options: RoundOptions): Promise<RoundResult> {
  return new Round(options).run();
}

const NOTHING_SWEPT: Sweep = { violations: [], blocksRecovered: 0, blocksInFlight: 0 };

class Round {
  readonly #options: RoundOptions;
  readonly #control: Control;
  readonly #history: IntervalHistory;
  readonly #setup: RoundSetup;
  readonly #sweeper: Promise<WorkloadThread>;
  readonly #found: Violation[] = [];
  /** Whether the time was over before all streams had started: those that are ended for it are nobody's fault. */
  #isTooLate = false;

  constructor(options: RoundOptions) {
    const { job, pool, task, kills, onMap } = options;
    const control = Control.create(job.streamCount, kills > 0);
    const reaper = kills === 0 ? undefined : new Reaper(control, task, new Xorshift32(seeded(task.seed, kills)), kills);
    this.#options = options;
    this.#control = control;
    this.#history = new IntervalHistory(task.evidence.history, task.seed);
    const roundTask = { ...task, control: control.words.buffer };
    this.#sweeper = pool.sweeper({ ...roundTask, sweeps: true });
    this.#sweeper.catch(() => undefined); // whoever waits for it hears of it
    this.#setup = { task: roundTask, control, pool, reaper, onMap, ready: this.#sweeper };
  }

  async run(): Promise<RoundResult> {
    const { signal, pool } = this.#options;
    const control = this.#control;
    this.#history.clear();
    const stop = (): void => control.stop(StopReason.INTERRUPTED);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    const startMs = performance.now();
    const { outcomes, liveBytes, sweep } = await this.#work();
    const seconds = this.#setup.reaper === undefined ? secondsOf(outcomes) : (performance.now() - startMs) / 1000;
    signal.removeEventListener('abort', stop);
    this.#judgeHistory();
    const inspection = pool.destroyed ? undefined : await this.#inspect();
    const { deaths = 0, intents = [] } = this.#setup.reaper ?? {};
    const operationsInFlight = intents.length;
    const endedEmpty = this.#endedEmpty(inspection);
    const found = { deaths, operationsInFlight, sweep, violations: this.#found };
    return { control, seconds, outcomes, liveBytes, inspection, endedEmpty, ...found };
  }

  #report(violation: Violation): void {
    this.#control.addViolation();
    this.#found.push(violation);
  }

  /** All streams from start to end, and the clean-up after them by a thread that was there before. */
  async #work(): Promise<Pick<RoundResult, 'outcomes' | 'liveBytes' | 'sweep'>> {
    const { job, pool } = this.#options;
    const watchdog = this.#watchdog();
    const streams = job.begin(this.#setup);
    const outcomes = (await Promise.all(streams.map((stream, index) => this.#await(stream, index)))).flat();
    watchdog.end();
    this.#found.push(...outcomes.flatMap((outcome) => outcome.violations));
    const { liveBytes } = this.#control;
    const sweep = pool.destroyed ? NOTHING_SWEPT : await this.#sweep();
    this.#found.push(...sweep.violations);
    return { outcomes, liveBytes, sweep };
  }

  #watchdog(): Watchdog {
    const { job, pool, onTick, deadlineMs, operations } = this.#options;
    return new Watchdog({
      control: this.#control,
      streamCount: job.streamCount,
      pool,
      patienceMs: this.#patienceMs,
      deadlineMs,
      operations,
      lastMs: deadlineMs + LAST_MS,
      report: (violation) => this.#report(violation),
      onTooLate: () => (this.#isTooLate = true),
      onTick: () => onTick(this.#control),
    });
  }

  async #await(outcomes: Promise<StreamOutcome[]>, stream: number): Promise<StreamOutcome[]> {
    try {
      return await outcomes;
    } catch (error) {
      this.#lose(error, stream);
      return [];
    }
  }

  #lose(error: unknown, thread: number): void {
    this.#control.stop(StopReason.FAILED);
    if (!this.#isTooLate) this.#report({ ...heapViolation('lost worker', described(error)), thread });
  }

  async #sweep(): Promise<Sweep> {
    try {
      const sweeper = await this.#sweeper;
      return await this.#inTime(sweeper.sweep(this.#setup.reaper?.intents ?? []));
    } catch (error) {
      this.#lose(error, 0);
      return NOTHING_SWEPT;
    }
  }

  /** Waits for a thread that has begun; all threads are ended if it does not come back in time. */
  async #inTime<Result>(result: Promise<Result>): Promise<Result> {
    const { pool, deadlineMs } = this.#options;
    const left = Math.max(LEAST_PATIENCE_MS, deadlineMs + LAST_MS - performance.now());
    const overdue = setTimeout(() => void pool.destroy(), Math.min(left, this.#patienceMs));
    try {
      return await result;
    } finally {
      clearTimeout(overdue);
    }
  }

  #judgeHistory(): void {
    if (!this.#options.task.oracles.includes('history')) return;
    for (const { identity, other, address, size } of this.#history.overlaps()) {
      const detail = `${size} bytes at ${address} belonged to block ${other} at the same time`;
      this.#report({ ...heapViolation('overlap in time', detail), object: identity, address, size });
    }
  }

  async #inspect(): Promise<Inspection | undefined> {
    const { pool, task } = this.#options;
    try {
      const thread = await pool.freshThread();
      const inspection = await this.#inTime(thread.inspect({ handle: task.handle, allHaveLeft: this.#allHaveLeft }));
      this.#judge(inspection);
      return inspection;
    } catch (error) {
      this.#report(heapViolation('lost worker', `the heap could not be inspected: ${described(error)}`));
      return undefined;
    }
  }

  #endedEmpty(inspection: Inspection | undefined): boolean {
    const isDone = this.#control.isComplete && this.#control.violations === 0;
    return isDone && inspection !== undefined && isEmptyAndSound(inspection);
  }

  /** Of a round that was cut short or violated, only the bookkeeping can be asked to be right. */
  #judge(inspection: Inspection): void {
    const { task, job, kills } = this.#options;
    const isComplete = this.#control.isComplete && this.#control.violations === 0;
    const complaints = isComplete
      ? complaintsAfterAll(inspection, task.oracles)
      : complaintsAnyway(inspection, task.oracles);
    for (const violation of complaints) this.#report(violation);
    const { footprintBytes = Infinity } = job;
    if (isComplete && kills === 0 && inspection.stats.peakUsedBytes > footprintBytes) {
      this.#report(
        heapViolation(
          'leak',
          `the heap used ${inspection.stats.peakUsedBytes} bytes where ${footprintBytes} should do`,
        ),
      );
    }
  }

  get #allHaveLeft(): boolean {
    return !this.#options.task.lingers && (this.#setup.reaper?.deaths ?? 0) === 0;
  }

  get #patienceMs(): number {
    const { fault } = this.#options.task;
    return fault !== undefined && HANGING.has(fault) ? PATIENCE_MS_FOR_HANGING : PATIENCE_MS;
  }
}

/** From the first stream's start to the last one's end. */
function secondsOf(outcomes: readonly StreamOutcome[]): number {
  if (outcomes.length === 0) return 0;
  const start = Math.min(...outcomes.map((outcome) => outcome.startedAt));
  const end = Math.max(...outcomes.map((outcome) => outcome.endedAt));
  return (end - start) / 1000;
}
