/**
 * Sees plain writes without instrumenting them: in the first schedules, the bytes are compared around everything that a
 * thread does between two operations. What changed there it wrote plainly, and the race log knows whether anything
 * orders that with what others do. A plain read is not seen, nor a write of what was there before.
 */
import type { RaceLog } from '../trace/race-log.ts';
import type { BufferSource, Snapshot } from '../buffers/buffer-source.ts';

/** Schedules that are watched. */
export const WATCHED_SCHEDULES = 8;
/** Watching copies all bytes at each operation, so it is only done where they are few. */
export const WATCHED_BYTES: number = 2 ** 18;

/** One worker's eye on its thread. */
export class WriteWatch {
  readonly #source: BufferSource;
  readonly #log: RaceLog;
  readonly #onRace: (address: number) => void;
  #before: Snapshot = [];

  constructor(source: BufferSource, log: RaceLog, onRace: (address: number) => void) {
    this.#source = source;
    this.#log = log;
    this.#onRace = onRace;
  }

  /** The thread's own code runs from here on. */
  resume(): void {
    this.#before = this.#source.snapshot();
  }

  /** The thread's own code ran up to here. */
  pause(): void {
    for (const { base, from, to } of this.#source.changesSince(this.#before)) {
      const race = this.#log.plain(base + from, to - from, true);
      if (race >= 0) this.#onRace(race);
    }
    this.#before = [];
  }
}
