/**
 * The heap's memory over the time of a run, and a map of it at its fullest.
 *
 * The main thread reads the gauge at every tick. When much more is used than on the last map it asks the workers for
 * another; whoever looks next takes it. So the map that is kept in the end shows the heap near its peak.
 */
import type { Control } from '../control/control.ts';
import { Gauge, type Reading } from './gauge.ts';
import type { HeapHandle } from '../../index.ts';
import type { HeapMap, MemorySample, TimedHeapMap } from '../results/stress-result.ts';

/** Of the growth since the last map. */
const MAP_AGAIN_AT = 1.15;
/** When there are more, every second one is dropped, and of those to come too. */
const MOST_SAMPLES = 2000;

export class MemoryLog {
  heapMap: TimedHeapMap | null = null;
  /** The reading with the most used bytes. */
  fullest: Reading | undefined;
  #samples: MemorySample[] = [];
  #ticksPerSample = 1;
  #ticks = 0;
  readonly #gauge: Gauge;
  readonly #startMs: number = performance.now();

  constructor(handle: HeapHandle) {
    this.#gauge = new Gauge(handle);
  }

  get samples(): readonly MemorySample[] {
    return this.#samples;
  }

  tick(control: Control): void {
    const reading = this.#gauge.read();
    this.add(reading);
    if (reading.usedBytes > (this.heapMap?.usedBytes ?? 0) * MAP_AGAIN_AT) control.wantMap();
    if (this.#ticks++ % this.#ticksPerSample !== 0) return;
    const { usedBytes, committedBytes, externalFragmentation } = reading;
    const liveBytes = Math.max(0, control.liveBytes);
    this.#samples.push({ seconds: this.#seconds(), liveBytes, usedBytes, committedBytes, externalFragmentation });
    if (this.#samples.length <= MOST_SAMPLES) return;
    this.#samples = this.#samples.filter((_, index) => index % 2 === 0);
    this.#ticksPerSample *= 2;
  }

  /** A reading that somebody took when the heap was full. */
  add(reading: Reading): void {
    if (this.fullest === undefined || reading.usedBytes > this.fullest.usedBytes) this.fullest = reading;
  }

  addMap(map: HeapMap): void {
    if (map.usedBytes > (this.heapMap?.usedBytes ?? 0)) this.heapMap = { seconds: this.#seconds(), ...map };
  }

  #seconds(): number {
    return (performance.now() - this.#startMs) / 1000;
  }
}
