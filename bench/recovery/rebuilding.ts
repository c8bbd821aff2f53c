/**
 * Rebuilding the table: blocks of one unit with a free run behind every tenth. A change that was cut short is feigned by
 * the word that says so; what is measured is the next `recover()`, which derives free list, bitmap and tree anew.
 */
import { MemoryManager } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { Change, Guarded } from '../../src/layout/regions.ts';
import type { Contestant } from '../measure/contestant.ts';

const UNIT_BYTES = 16;
/** Blocks for each free run. */
export const BLOCKS_PER_RUN = 10;

export class Rebuilding implements Contestant {
  readonly #heap: MemoryManager;
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(blocks: number) {
    const units = blocks + blocks / BLOCKS_PER_RUN;
    this.#heap = new MemoryManager(units * UNIT_BYTES, { slabs: false });
    this.#words = new Layout(this.#heap.buffer).words;
    for (let unit = 0; unit < units; unit++) this.#heap.allocate(UNIT_BYTES);
    let unit = 0;
    for (const { address } of this.#heap.blocks()) {
      if (unit++ % (BLOCKS_PER_RUN + 1) === BLOCKS_PER_RUN) this.#heap.deallocate(address);
    }
  }

  run(): Promise<number> {
    this.#words[Guarded.DIRTY] = Change.PREPARED;
    const start = process.hrtime.bigint();
    const { tableRebuilt } = this.#heap.recover();
    const nanoseconds = Number(process.hrtime.bigint() - start);
    return tableRebuilt ? Promise.resolve(nanoseconds) : Promise.reject(new Error('nothing was rebuilt'));
  }

  close(): Promise<void> {
    this.#heap.detach();
    return Promise.resolve();
  }
}
