/**
 * Looks at a round from outside, and ends it when a thread no longer gets anywhere: first in words, which workers that
 * can still hear them follow, then by terminating them all.
 *
 * A stream is silent when it does no operation though it waits for no other stream. Where all wait for each other they
 * find that out themselves (see control); in an endless round, a silence of all is one too.
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
  readonly report: (violation: Violation) => void;
  /** Called some times a second. */
  readonly onTick: () => void;
}

export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #timer: NodeJS.Timeout;
  #operations: readonly number[];
  readonly #silentSince: number[];
  #grace: NodeJS.Timeout | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#operations = Array.from({ length: options.streamCount }, () => -1);
    this.#silentSince = this.#operations.map(() => performance.now());
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  end(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#grace);
    this.#options.onTick();
  }

  #tick(): void {
    const now = performance.now();
    const operations = this.#operations.map((_, stream) => this.#options.control.operationsOf(stream));
    const anyMoved = operations.some((count, stream) => count !== this.#operations[stream]);
    operations.forEach((count, stream) => {
      if (count !== this.#operations[stream] || this.#mayBeSilent(stream, anyMoved)) this.#silentSince[stream] = now;
    });
    this.#operations = operations;
    const { patienceMs } = this.#options;
    const silent = this.#silentSince.findIndex((since) => now - since > patienceMs);
    if (silent >= 0) this.#giveUp(silent);
    this.#options.onTick();
  }

  #mayBeSilent(stream: number, anyMoved: boolean): boolean {
    const { control } = this.#options;
    return !control.started || (!control.isRunning(stream) && (anyMoved || !control.isEndless));
  }

  #giveUp(stream: number): void {
    const { control, report, pool, patienceMs } = this.#options;
    clearInterval(this.#timer);
    const detail = `thread ${stream} did no operation for ${patienceMs / 1000} seconds`;
    report({ ...heapViolation('lost worker', detail), thread: stream });
    control.stop(StopReason.FAILED);
    this.#grace = setTimeout(() => void pool.destroy(), GRACE_MS);
  }
}
