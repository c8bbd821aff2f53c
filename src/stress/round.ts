/**
 * One round: all streams of a plan start together on a heap, and the round ends when each has come back, has died, or
 * had to be ended. Afterwards a worker inspects the heap. The main thread itself never calls the heap, as one that is
 * broken may loop for ever; whatever does not come back in time is terminated and reported.
 */
import type { MemoryManager } from '../index.ts';
import { Control, StopReason } from './control.ts';
import type { Histograms } from './latency.ts';
import type { Plan } from './plan.ts';
import type { Fault, Inspection, ReplayTask } from './replay-task.ts';
import type { StreamOutcome } from './replayer.ts';
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
  readonly plan: Plan;
  readonly heap: MemoryManager;
  readonly pool: WorkerPool;
  readonly shadow: SharedArrayBuffer;
  readonly histograms: Histograms;
  readonly seed: number;
  readonly fault: Fault | undefined;
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

export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { plan, pool, signal } = options;
  const control = Control.create(plan.copies * plan.streamsPerCopy);
  const lost: Violation[] = [];
  const report = (violation: Violation): void => {
    control.addViolation();
    lost.push(violation);
  };
  const stop = (): void => control.stop(StopReason.INTERRUPTED);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  const watch = new Watch(options, control, report);
  const outcomes = await Promise.all(tasksOf(options, control).map((task) => outcomeOf(task, pool, control, report)));
  watch.end();
  signal.removeEventListener('abort', stop);
  const found = outcomes.filter((outcome) => outcome !== undefined);
  const inspection = pool.destroyed ? undefined : await inspect(options, control, report);
  const violations = [...found.flatMap((outcome) => outcome.violations), ...lost];
  return { control, seconds: secondsOf(found), outcomes: found, inspection, violations };
}

function tasksOf(options: RoundOptions, control: Control): ReplayTask[] {
  const { plan, heap, shadow, histograms, seed, fault } = options;
  const { streamsPerCopy, mailboxCount, copies } = plan;
  const { objectCount, peakOperation } = plan.trace;
  const mailboxes = new SharedArrayBuffer(mailboxCount * copies * 4);
  return Array.from({ length: copies * streamsPerCopy }, (_, stream) => {
    const copy = Math.floor(stream / streamsPerCopy);
    const inCopy = stream % streamsPerCopy;
    return {
      handle: heap.handle,
      fault,
      control: control.words.buffer,
      shadow,
      histograms,
      seed,
      stream: {
        steps: plan.steps,
        indices: plan.streams[inCopy],
        mailboxes,
        operationCount: plan.operationCounts[inCopy],
        objectCount,
        stream,
        firstStream: copy * streamsPerCopy,
        streamsPerCopy,
        firstMailbox: copy * mailboxCount,
        firstIdentity: copy * objectCount + 1,
        sampleAt: stream === 0 ? peakOperation : -1,
      },
    };
  });
}

async function outcomeOf(
  task: ReplayTask,
  pool: WorkerPool,
  control: Control,
  report: (violation: Violation) => void,
): Promise<StreamOutcome | undefined> {
  try {
    return await pool.replay(task);
  } catch (error) {
    control.stop(StopReason.FAILED);
    report({ ...heapViolation('lost worker', described(error)), thread: task.stream.stream });
    return undefined;
  }
}

/** Looks at a round from outside, and ends it when nothing moves any more. */
class Watch {
  readonly #options: RoundOptions;
  readonly #control: Control;
  readonly #report: (violation: Violation) => void;
  readonly #timer: NodeJS.Timeout;
  #grace: NodeJS.Timeout | undefined;
  #operations = -1;
  #silentSince: number = performance.now();

  constructor(options: RoundOptions, control: Control, report: (violation: Violation) => void) {
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

async function inspect(
  options: RoundOptions,
  control: Control,
  report: (violation: Violation) => void,
): Promise<Inspection | undefined> {
  const { pool, heap } = options;
  const overdue = setTimeout(() => void pool.destroy(), patienceMs(options));
  try {
    const inspection = await pool.inspect(heap.handle);
    if (inspection.complaint !== undefined) report(heapViolation('inconsistency', inspection.complaint));
    const complete = control.stopReason === StopReason.NONE && control.violations === 0;
    if (complete && inspection.leftover !== undefined) report(heapViolation('leak', inspection.leftover));
    return inspection;
  } catch (error) {
    report(heapViolation('lost worker', `the heap could not be inspected: ${described(error)}`));
    return undefined;
  } finally {
    clearTimeout(overdue);
  }
}

function patienceMs({ fault }: RoundOptions): number {
  return fault === undefined ? PATIENCE_MS : PATIENCE_MS_WHEN_BROKEN;
}

/** From the first stream's start to the last one's end. */
function secondsOf(outcomes: readonly StreamOutcome[]): number {
  if (outcomes.length === 0) return 0;
  const start = Math.min(...outcomes.map((outcome) => outcome.startedAt));
  const end = Math.max(...outcomes.map((outcome) => outcome.endedAt));
  return (end - start) / 1000;
}
