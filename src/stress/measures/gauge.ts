/**
 * The heap in a few numbers, read without its lock and without being attached to it: loads of single words that can
 * neither wait nor loop, whatever state the heap is in. Approximate while others work.
 */
import { builtInFit } from '../../fit/fit.ts';
import type { HeapHandle } from '../../index.ts';
import { externalFragmentation } from '../../inspect/stats.ts';
import { Layout } from '../../layout/layout.ts';
import { Guarded } from '../../layout/regions.ts';
import { BlockTable } from '../../table/block-table.ts';

export interface Reading {
  readonly usedBytes: number;
  readonly committedBytes: number;
  readonly externalFragmentation: number;
  readonly largestFreeRun: number;
  /** What the heap could still grow by. */
  readonly growthBytes: number;
}

export class Gauge {
  readonly #layout: Layout;
  readonly #table: BlockTable;

  constructor({ buffer }: HeapHandle) {
    this.#layout = new Layout(buffer);
    this.#table = new BlockTable(this.#layout, builtInFit('first-fit')!);
  }

  read(): Reading {
    const committedBytes = this.#bytesAt(Guarded.UNIT_COUNT);
    const usedBytes = this.#bytesAt(Guarded.USED_UNITS);
    const freeBytes = committedBytes - usedBytes;
    const largest = this.#layout.bytesOf(this.#table.free.tree.longest());
    return {
      usedBytes,
      committedBytes,
      externalFragmentation: externalFragmentation(freeBytes, largest),
      largestFreeRun: largest,
      growthBytes: this.#layout.bytesOf(this.#layout.unitLimit) - committedBytes,
    };
  }

  #bytesAt(word: number): number {
    return this.#layout.bytesOf(Atomics.load(this.#layout.words, word));
  }
}
