/** Who takes part in alternating rounds: a lane of threads, a process, or whatever else can be asked to do some work. */
export interface Contestant {
  /** Does `count` operations in every thread; resolves to the nanoseconds that they took in all. */
  run(count: number): Promise<number>;
  close(): Promise<void>;
}

/** Gets a contestant ready. */
export type Entry = () => Promise<Contestant>;
