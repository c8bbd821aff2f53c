/**
 * Listening in to what happens inside the heaps of this thread, for measurements. With nobody listening it costs one
 * comparison for each time that the lock is taken.
 */

/** Hears what happens. Called while the lock is held: it must return soon, and may not call a heap. @internal */
export interface HeapObserver {
  /** The lock is ours, after so many milliseconds; 0 if it was free. */
  acquired(waitedMs: number): void;
  /** The lock is about to be given back. */
  releasing(): void;
  /** A change of the table was found cut short, and all that is derived was derived anew. */
  rebuilt(): void;
  /** So many slabs that nobody owned have become ours. */
  adopted(slabs: number): void;
}

/** Who listens in this thread. @internal */
export const listening: { observer: HeapObserver | undefined } = { observer: undefined };
