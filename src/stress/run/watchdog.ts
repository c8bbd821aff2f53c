/**
 * Looks at a round from outside, and ends it: when its time is over, or when a thread no longer gets anywhere. First in
 * words, which workers that can still hear them follow, then by terminating them all.
 *
 * A stream is silent when it does no operation though it waits for no other stream. Where all wait for each other they
 * find that out themselves (see control); in an endless round, a silence of all is one too. Silence is counted in looks,
 * not in seconds: while the machine has no time for this process, nobody is silent.
 */
import { StopReason, type Control } from '../control/control.ts';
import { heapViolation, type Violation } from '../results/violation.ts';
import type { WorkerPool } from '../threads/worker-pool.ts';

const TICK_MS = 100;
/** How long workers that can still hear it have to end a round that was given up, and to say what they saw. */
const GRACE_MS = 1000;

export interface WatchdogOptions {
  readonly control: Control;
  readonly streamCount: number;
  readonly pool: WorkerPool;
  /** How long a stream may be silent. */
  readonly patienceMs: number;
  /** On the clock of `performance.now()`: when the round is to stop, and when all must have come back. */
  readonly deadlineMs: number;
  readonly lastMs: number;
  /** The round is to stop after so many as well. */
  readonly operations: number;
  readonly report: (violation: Violation) => void;
  /** Called when the time was over before all streams had started. */
  readonly onTooLate: () => void;
  /** Called some times a second. */
  readonly onTick: () => void;
}

export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #timer: NodeJS.Timeout;
  #operations: readonly number[];
  /** For how many looks each stream has been silent. */
  readonly #silence: number[];
  #grace: NodeJS.Timeout | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#operations = Array.from({ length: options.streamCount }, () => -1);
    this.#silence = this.#operations.map(() => 0);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  end(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#grace);
    this.#options.onTick();
  }

  #tick(): void {
    const { control, patienceMs, deadlineMs, lastMs, operations } = this.#options;
    const now = performance.now();
    if (now >= deadlineMs || control.operations >= operations) control.stop(StopReason.ENOUGH);
    this.#listen();
    const silent = this.#silence.findIndex((ticks) => ticks * TICK_MS > patienceMs);
    if (silent >= 0) this.#giveUp(silent, `did no operation for ${patienceMs / 1000} seconds`);
    else if (now >= lastMs) this.#endOfTime();
    this.#options.onTick();
  }

  #listen(): void {
    const operations = this.#operations.map((_, stream) => this.#options.control.operationsOf(stream));
    const anyMoved = operations.some((count, stream) => count !== this.#operations[stream]);
    operations.forEach((count, stream) => {
      const isSilent = count === this.#operations[stream] && !this.#mayBeSilent(stream, anyMoved);
      this.#silence[stream] = isSilent ? this.#silence[stream] + 1 : 0;
    });
    this.#operations = operations;
  }

  #mayBeSilent(stream: number, anyMoved: boolean): boolean {
    const { control } = this.#options;
    return control.started && !control.isRunning(stream) && (anyMoved || !control.isEndless);
  }

  /** Threads that have not even started are nobody's fault; the others were told to come back. */
  #endOfTime(): void {
    const { control, streamCount } = this.#options;
    const lost = Array.from({ length: streamCount }, (_, stream) => stream).find((stream) => control.isRunning(stream));
    if (control.started && lost !== undefined) this.#giveUp(lost, 'did not come back when the time was over');
    else {
      this.#options.onTooLate();
      this.#stop();
    }
  }

  #giveUp(stream: number, what: string): void {
    this.#options.report({ ...heapViolation('lost worker', `thread ${stream} ${what}`), thread: stream });
    this.#stop();
  }

  #stop(): void {
    const { control, pool } = this.#options;
    clearInterval(this.#timer);
    control.stop(StopReason.FAILED);
    this.#grace = setTimeout(() => void pool.destroy(), GRACE_MS);
  }
}
