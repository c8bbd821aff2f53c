/**
 * Watches a heap while a workload is at it: keeps what it looked like at its fullest, and on a terminal shows what it
 * looks like now, in frames that replace each other.
 */
import { heapMap } from '../../inspect/heap-map.ts';
import { HeapSnapshot } from '../../inspect/heap-snapshot.ts';
import { MemoryManager, type HeapStats } from '../../index.ts';
import { bytes, count, percent } from '../../quantity.ts';
import type { RunProgress } from '../../stress/run/run.ts';
import type { StressObserver } from '../../stress/run/stress.ts';
import { columnsOf } from './terminal.ts';
import { cutAtWords } from './words.ts';

const FRAME_PERIOD_MS = 200;
const DEFAULT_ROWS = 24;
/** Lines of a frame beside the map's own: legend, facts, and room for the prompt. */
const OTHER_LINES = 9;
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';

/** A heap at its fullest, as far as was seen. */
export interface Peak {
  readonly heap: HeapSnapshot;
  /** Since the workload began. */
  readonly seconds: number;
}

export class HeapView implements StressObserver {
  peak: Peak | undefined;
  /** Where frames are shown; undefined when nobody watches. */
  readonly #terminal: NodeJS.WriteStream | undefined;
  readonly #colour: boolean;
  #startMs = 0;
  #nextFrameMs = 0;
  #shownLines = 0;
  #heap: MemoryManager | undefined;

  constructor(terminal: NodeJS.WriteStream | undefined, colour: boolean) {
    this.#terminal = terminal;
    this.#colour = colour;
  }

  started(): void {
    this.#startMs = performance.now();
    this.#terminal?.write(HIDE_CURSOR);
  }

  progressed({ handle, round }: RunProgress): void {
    const now = performance.now();
    if (now < this.#nextFrameMs) return;
    this.#nextFrameMs = now + FRAME_PERIOD_MS;
    this.#heap ??= MemoryManager.attach(handle);
    const heap = new HeapSnapshot(this.#heap);
    const seconds = (now - this.#startMs) / 1000;
    if (heap.stats().liveBytes >= (this.peak?.heap.stats().liveBytes ?? 1)) this.peak = { heap, seconds };
    this.#show(heap, `round ${round}, ${seconds.toFixed(1)} s`);
  }

  finished(): void {
    this.close();
  }

  /** Leaves the heap and the terminal as they were, however the run ended. */
  close(): void {
    this.#heap?.detach();
    this.#heap = undefined;
    this.#erase();
    this.#terminal?.write(SHOW_CURSOR);
  }

  #show(heap: HeapSnapshot, moment: string): void {
    const terminal = this.#terminal;
    if (terminal === undefined) return;
    const columns = columnsOf(terminal);
    // A terminal may not know its size, and then says 0.
    const rows = terminal.rows || DEFAULT_ROWS;
    const map = heapMap(heap, { width: columns - 1, rows: Math.max(1, rows - OTHER_LINES), colour: this.#colour });
    const facts = factsOf(heap.stats());
    const lines = [...map.split('\n'), '', cutAtWords(`${moment}: ${facts}`, columns - 1)];
    this.#erase();
    terminal.write(`${lines.join('\n')}\n`);
    this.#shownLines = lines.length;
  }

  #erase(): void {
    if (this.#shownLines > 0) this.#terminal?.write(`\x1b[${this.#shownLines}A\x1b[0J`);
    this.#shownLines = 0;
  }
}

function factsOf({ liveBytes, usedBytes, byteLength, freeRuns, externalFragmentation }: HeapStats): string {
  const memory = `${bytes(liveBytes)} live, ${bytes(usedBytes)} used of ${bytes(byteLength)}`;
  return `${memory}, ${count(freeRuns)} free runs, fragmentation ${percent(externalFragmentation)}`;
}
