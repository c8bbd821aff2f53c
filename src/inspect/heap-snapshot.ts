/**
 * A heap as it was at one moment, to be looked at later and more than once.
 */
import type { InspectableHeap } from './heap-cells.ts';
import type { HeapStats } from './stats.ts';
import type { BlockInfo, FreeRunInfo } from './walk.ts';

export class HeapSnapshot implements InspectableHeap {
  readonly #stats: HeapStats;
  readonly #blocks: readonly BlockInfo[];
  readonly #freeRuns: readonly FreeRunInfo[];

  constructor(heap: InspectableHeap) {
    this.#stats = heap.stats();
    this.#blocks = [...heap.blocks()];
    this.#freeRuns = [...heap.freeRuns()];
  }

  stats(): HeapStats {
    return this.#stats;
  }

  blocks(): readonly BlockInfo[] {
    return this.#blocks;
  }

  freeRuns(): readonly FreeRunInfo[] {
    return this.#freeRuns;
  }
}
