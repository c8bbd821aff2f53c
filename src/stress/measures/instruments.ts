/**
 * Listens in to what the heaps of this thread do inside: waits for the lock, tables that are derived anew, slabs that
 * are adopted. What is heard goes into shared memory at once, so that it outlives this thread.
 */
import { listening, type HeapObserver } from '../../sync/heap-observer.ts';
import { LatencyHistogram, type Histograms } from './latency.ts';
import { Meters } from './meters.ts';

/** From now on what this thread does counts for a stream. */
export function listenIn(meters: SharedArrayBuffer, stream: number, histograms: Histograms): void {
  listening.observer = new StreamObserver(new Meters(meters), stream, new LatencyHistogram(histograms.lockWait));
}

class StreamObserver implements HeapObserver {
  readonly #meters: Meters;
  readonly #stream: number;
  readonly #lockWaits: LatencyHistogram;

  constructor(meters: Meters, stream: number, lockWaits: LatencyHistogram) {
    this.#meters = meters;
    this.#stream = stream;
    this.#lockWaits = lockWaits;
    meters.setHoldsLock(stream, false);
  }

  acquired(waitedMs: number): void {
    this.#meters.setHoldsLock(this.#stream, true);
    if (waitedMs === 0) return;
    this.#meters.addLockWait(this.#stream, waitedMs);
    this.#lockWaits.record(waitedMs);
  }

  releasing(): void {
    this.#meters.setHoldsLock(this.#stream, false);
  }

  rebuilt(): void {
    this.#meters.addTableRebuilt();
  }

  adopted(slabs: number): void {
    this.#meters.addSlabsAdopted(slabs);
  }
}
