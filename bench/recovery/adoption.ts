/**
 * Adopting what a dead thread left: a worker takes blocks of 16 to 512 bytes and dies; what is measured is the next
 * `recover()`, which finds the death and makes all slabs with these blocks its own.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { MemoryManager } from '../../src/index.ts';
import type { Contestant } from '../measure/contestant.ts';
import type { Victim } from './victim.ts';

/** More than a block has on average, for slabs that are not full. */
const HEAP_BYTES_PER_BLOCK = 512;

export class Adoption implements Contestant {
  readonly #heap: MemoryManager;
  readonly #blocks: number;

  constructor(blocks: number) {
    this.#heap = new MemoryManager(blocks * HEAP_BYTES_PER_BLOCK);
    this.#blocks = blocks;
  }

  async run(): Promise<number> {
    const workerData: Victim = { handle: this.#heap.handle, blocks: this.#blocks };
    await once(new Worker(new URL('victim.js', import.meta.url), { workerData }), 'exit');
    const start = process.hrtime.bigint();
    const { slabsAdopted } = this.#heap.recover();
    const nanoseconds = Number(process.hrtime.bigint() - start);
    if (slabsAdopted === 0) throw new Error('nothing was adopted');
    for (const { address } of this.#heap.blocks()) this.#heap.deallocate(address);
    return nanoseconds;
  }

  close(): Promise<void> {
    this.#heap.detach();
    return Promise.resolve();
  }
}
