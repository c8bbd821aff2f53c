/**
 * One round: all streams of a job start together on a heap, and the round ends when each has come back, has died, or
 * had to be ended. Afterwards a worker inspects the heap. The main thread itself never calls the heap, as one that is
 * broken may loop for ever; whatever does not come back in time is terminated and reported.
 */
import { Control, StopReason } from '../control/control.ts';
import type { HeapMap } from '../results/stress-result.ts';
import type { Inspection } from '../oracles/inspection.ts';
import { IntervalHistory } from '../oracles/interval-history.ts';
import type { RoundTask } from '../threads/round-task.ts';
import type { Job, RoundSetup } from './job.ts';
import { seeded, Xorshift32 } from '../../xorshift.ts';
import { Reaper } from '../threads/reaper.ts';
import type { StreamOutcome } from '../measures/stream-outcome.ts';
import type { Sweep } from '../threads/sweep.ts';
import { described, heapViolation, type Violation } from '../results/violation.ts';
import { Watchdog } from './watchdog.ts';
import type { WorkerPool } from '../threads/worker-pool.ts';

/** How long a stream may do no operation, or an inspection last, before the workers count as lost. */
const PATIENCE_MS = 30_000;
/** A heap that is broken on purpose does hang. */
const PATIENCE_MS_WHEN_BROKEN = 3000;

export interface RoundOptions {
  readonly job: Job;
  readonly pool: WorkerPool;
  /** All of what the workers get but the control words, which are made anew. */
  readonly task: Omit<RoundTask, 'control'>;
  /** Threads to be terminated. */
  readonly kills: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Called some times a second. */
  readonly onTick: (control: Control) => void;
  readonly onMap: (map: HeapMap) => void;
}

export interface RoundResult {
  readonly control: Control;
  readonly seconds: number;
  readonly outcomes: readonly StreamOutcome[];
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
  readonly #found: Violation[] = [];

  constructor(options: RoundOptions) {
    const { job, pool, task, deadlineMs, kills, onMap } = options;
    const control = Control.create(job.streamCount, kills > 0);
    const reaper = kills === 0 ? undefined : new Reaper(control, task, new Xorshift32(seeded(task.seed, kills)), kills);
    this.#options = options;
    this.#control = control;
    this.#history = new IntervalHistory(task.evidence.history, task.seed);
    this.#setup = { task: { ...task, control: control.words.buffer }, control, pool, deadlineMs, reaper, onMap };
  }

  async run(): Promise<RoundResult> {
    const { signal, pool } = this.#options;
    const control = this.#control;
    this.#history.clear();
    const stop = (): void => control.stop(StopReason.INTERRUPTED);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    const startMs = performance.now();
    const { outcomes, sweep } = await this.#work();
    const seconds = this.#setup.reaper === undefined ? secondsOf(outcomes) : (performance.now() - startMs) / 1000;
    signal.removeEventListener('abort', stop);
    this.#judgeHistory();
    const inspection = pool.destroyed ? undefined : await this.#inspect();
    const { deaths = 0, intents = [] } = this.#setup.reaper ?? {};
    const operationsInFlight = intents.length;
    const endedEmpty = this.#endedEmpty(inspection);
    const found = { deaths, operationsInFlight, sweep, violations: this.#found };
    return { control, seconds, outcomes, inspection, endedEmpty, ...found };
  }

  #report(violation: Violation): void {
    this.#control.addViolation();
    this.#found.push(violation);
  }

  /** All streams from start to end, and the clean-up after them. */
  async #work(): Promise<{ outcomes: StreamOutcome[]; sweep: Sweep }> {
    const watchdog = this.#watchdog();
    const streams = this.#options.job.begin(this.#setup).map((outcomes, stream) => this.#await(outcomes, stream));
    const outcomes = (await Promise.all(streams)).flat();
    watchdog.end();
    this.#found.push(...outcomes.flatMap((outcome) => outcome.violations));
    const sweep = this.#options.pool.destroyed ? NOTHING_SWEPT : await this.#sweep();
    this.#found.push(...sweep.violations);
    return { outcomes, sweep };
  }

  #watchdog(): Watchdog {
    const { job, pool, onTick } = this.#options;
    return new Watchdog({
      control: this.#control,
      streamCount: job.streamCount,
      pool,
      patienceMs: this.#patienceMs,
      report: (violation) => this.#report(violation),
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
    this.#report({ ...heapViolation('lost worker', described(error)), thread });
  }

  async #sweep(): Promise<Sweep> {
    const { job, pool } = this.#options;
    const overdue = setTimeout(() => void pool.destroy(), this.#patienceMs);
    try {
      return await job.end(this.#setup);
    } catch (error) {
      this.#lose(error, 0);
      return NOTHING_SWEPT;
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
    const { pool, task, kills } = this.#options;
    const overdue = setTimeout(() => void pool.destroy(), this.#patienceMs);
    try {
      const inspection = await pool.inspect({ handle: task.handle, isRecovered: kills > 0 });
      this.#judge(inspection);
      return inspection;
    } catch (error) {
      this.#report(heapViolation('lost worker', `the heap could not be inspected: ${described(error)}`));
      return undefined;
    } finally {
      clearTimeout(overdue);
    }
  }

  #endedEmpty(inspection: Inspection | undefined): boolean {
    if (inspection === undefined || !this.#control.isComplete || this.#control.violations > 0) return false;
    const { complaint, imbalance, leftover } = inspection;
    return complaint === undefined && imbalance === undefined && leftover === undefined;
  }

  /** Of a round that was cut short or violated, only the bookkeeping can be asked to be right. */
  #judge({ complaint, imbalance, leftover, stats }: Inspection): void {
    const { oracles } = this.#options.task;
    const isComplete = this.#control.isComplete && this.#control.violations === 0;
    if (oracles.includes('check') && complaint !== undefined) this.#report(heapViolation('inconsistency', complaint));
    if (!oracles.includes('sum')) return;
    if (imbalance !== undefined) this.#report(heapViolation('inconsistency', imbalance));
    if (isComplete && leftover !== undefined) this.#report(heapViolation('leak', leftover));
    const { footprintBytes = Infinity } = this.#options.job;
    if (isComplete && this.#options.kills === 0 && stats.peakUsedBytes > footprintBytes) {
      this.#report(
        heapViolation('leak', `the heap used ${stats.peakUsedBytes} bytes where ${footprintBytes} should do`),
      );
    }
  }

  get #patienceMs(): number {
    return this.#options.task.fault === undefined ? PATIENCE_MS : PATIENCE_MS_WHEN_BROKEN;
  }
}

/** From the first stream's start to the last one's end. */
function secondsOf(outcomes: readonly StreamOutcome[]): number {
  if (outcomes.length === 0) return 0;
  const start = Math.min(...outcomes.map((outcome) => outcome.startedAt));
  const end = Math.max(...outcomes.map((outcome) => outcome.endedAt));
  return (end - start) / 1000;
}
