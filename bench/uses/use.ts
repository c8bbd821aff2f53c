/**
 * What a way of sharing data has to offer to be measured: it is opened in a process of its own, does rounds of work there,
 * and is closed. All threads of a way belong to that process, so its CPU time and its memory are those of the process.
 */

/** A way of sharing data, ready to work. */
export interface OpenedWay {
  /** Does `count` operations. */
  run(count: number): Promise<void>;
  close(): Promise<void>;
}

/** The ways of one use by name. `variant` is a size or a number of workers, as the use has it. */
export type Ways = Readonly<Record<string, (variant: number) => Promise<OpenedWay>>>;

/** What one round took. */
export interface UseFigures {
  /** Nanoseconds between start and end of the round. */
  readonly wall: number;
  /** Nanoseconds of CPU time of all threads. */
  readonly cpu: number;
  /** Bytes by which the process had grown at most since before it was opened; undefined where that cannot be known. */
  readonly resident: number | undefined;
}
