/**
 * One round: all streams of a job start together on a heap, and the round ends when each has come back, has died, or
 * had to be ended. Afterwards a worker inspects the heap. The main thread itself never calls the heap, as one that is
 * broken may loop for ever; whatever does not come back in time is terminated and reported.
 */
import { Control, StopReason } from './control.ts';
import type { Job, RoundSetup, RoundTask } from './job.ts';
import type { Inspection } from './replay-task.ts';
import type { StreamOutcome } from './stream-outcome.ts';
import { described, heapViolation, type Violation } from './violation.ts';
import type { WorkerPool } from './worker-pool.ts';

const TICK_MS = 100;
/** How long workers that can still hear it have to end a round that was given up, and to say what they saw. */
const GRACE_MS = 1000;
/** How long no operation may be done anywhere, or an inspection last, before the workers count as lost. */
const PATIENCE_MS = 30_000;
/** A heap that is broken on purpose does hang. */
const PATIENCE_MS_WHEN_BROKEN = 3000;

export interface RoundOptions {
  readonly job: Job;
  readonly pool: WorkerPool;
  /** All of what the workers get but the control words, which are made anew. */
  readonly task: Omit<RoundTask, 'control'>;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Called some times a second. */
  readonly onTick: (control: Control) => void;
}

export interface RoundResult {
  readonly control: Control;
  readonly seconds: number;
  readonly outcomes: readonly StreamOutcome[];
  readonly inspection: Inspection | undefined;
  /** The first ones; `control` counts them all. */
  readonly violations: readonly Violation[];
}

type Report = (violation: Violation) => void;

export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { job, pool, signal } = options;
  const control = Control.create(job.streamCount);
  const found: Violation[] = [];
  const report: Report = (violation) => {
    control.addViolation();
    found.push(violation);
  };
  const stop = (): void => control.stop(StopReason.INTERRUPTED);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  const watch = new Watch(options, control, report);
  const outcomes = await work(options, control, found, report);
  watch.end();
  signal.removeEventListener('abort', stop);
  const inspection = pool.destroyed ? undefined : await inspect(options, control, report);
  return { control, seconds: secondsOf(outcomes), outcomes, inspection, violations: found };
}

/** All streams from start to end, and the clean-up after them. */
async function work(
  { job, pool, task, deadlineMs }: RoundOptions,
  control: Control,
  found: Violation[],
  report: Report,
): Promise<StreamOutcome[]> {
  const setup: RoundSetup = { task: { ...task, control: control.words.buffer }, control, pool, deadlineMs };
  const lose = (error: unknown, thread: number): void => {
    control.stop(StopReason.FAILED);
    report({ ...heapViolation('lost worker', described(error)), thread });
  };
  const streams = job.begin(setup).map(async (outcomes, stream) => {
    try {
      return await outcomes;
    } catch (error) {
      lose(error, stream);
      return [];
    }
  });
  const outcomes = (await Promise.all(streams)).flat();
  found.push(...outcomes.flatMap((outcome) => outcome.violations));
  if (pool.destroyed) return outcomes;
  try {
    found.push(...(await job.end(setup)));
  } catch (error) {
    lose(error, 0);
  }
  return outcomes;
}

/** Looks at a round from outside, and ends it when nothing moves any more. */
class Watch {
  readonly #options: RoundOptions;
  readonly #control: Control;
  readonly #report: Report;
  readonly #timer: NodeJS.Timeout;
  #grace: NodeJS.Timeout | undefined;
  #operations = -1;
  #silentSince: number = performance.now();

  constructor(options: RoundOptions, control: Control, report: Report) {
    this.#options = options;
    this.#control = control;
    this.#report = report;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  end(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#grace);
    this.#options.onTick(this.#control);
  }

  #tick(): void {
    const { operations } = this.#control;
    const now = performance.now();
    if (operations !== this.#operations || !this.#control.started) this.#silentSince = now;
    this.#operations = operations;
    if (now - this.#silentSince > patienceMs(this.#options)) this.#giveUp();
    this.#options.onTick(this.#control);
  }

  #giveUp(): void {
    clearInterval(this.#timer);
    this.#report(heapViolation('lost worker', `no operation was done for ${patienceMs(this.#options) / 1000} seconds`));
    this.#control.stop(StopReason.FAILED);
    this.#grace = setTimeout(() => void this.#options.pool.destroy(), GRACE_MS);
  }
}

async function inspect(options: RoundOptions, control: Control, report: Report): Promise<Inspection | undefined> {
  const { pool, task } = options;
  const overdue = setTimeout(() => void pool.destroy(), patienceMs(options));
  try {
    const inspection = await pool.inspect(task.handle);
    judge(inspection, options.job, control, report);
    return inspection;
  } catch (error) {
    report(heapViolation('lost worker', `the heap could not be inspected: ${described(error)}`));
    return undefined;
  } finally {
    clearTimeout(overdue);
  }
}

/** Of a round that was cut short or violated, only the bookkeeping can be asked to be right. */
function judge({ complaint, leftover, stats }: Inspection, job: Job, control: Control, report: Report): void {
  const isComplete = control.stopReason === StopReason.NONE && control.violations === 0;
  if (complaint !== undefined) report(heapViolation('inconsistency', complaint));
  if (isComplete && leftover !== undefined) report(heapViolation('leak', leftover));
  const { footprintBytes = Infinity } = job;
  if (isComplete && stats.peakUsedBytes > footprintBytes) {
    report(heapViolation('leak', `the heap used ${stats.peakUsedBytes} bytes where ${footprintBytes} should do`));
  }
}

function patienceMs({ task }: RoundOptions): number {
  return task.fault === undefined ? PATIENCE_MS : PATIENCE_MS_WHEN_BROKEN;
}

/** From the first stream's start to the last one's end. */
function secondsOf(outcomes: readonly StreamOutcome[]): number {
  if (outcomes.length === 0) return 0;
  const start = Math.min(...outcomes.map((outcome) => outcome.startedAt));
  const end = Math.max(...outcomes.map((outcome) => outcome.endedAt));
  return (end - start) / 1000;
}
