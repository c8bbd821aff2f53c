/** Blocks of a workload straight from the heap, with nobody watching: what the benchmark measures. */
import type { MemoryManager } from '../../src/index.ts';
import type { Blocks } from '../../src/stress/workloads/hands.ts';

const STEP_BYTES = 16;

/** A block is its address in steps of 16 bytes. */
export class PlainBlocks implements Blocks {
  readonly #heap: MemoryManager;
  readonly #bytes: Uint8Array;

  constructor(heap: MemoryManager) {
    this.#heap = heap;
    this.#bytes = new Uint8Array(heap.buffer);
  }

  take(size: number): number {
    const address = this.#heap.allocate(size);
    if (address === null) throw new Error('the heap is full');
    this.#bytes[address] = 1;
    this.#bytes[address + size - 1] = 1;
    return address / STEP_BYTES;
  }

  giveBack(block: number): void {
    this.#heap.deallocate(block * STEP_BYTES);
  }

  scratch(block: number, times: number): void {
    const bytes = this.#bytes;
    const address = block * STEP_BYTES;
    for (let i = 0; i < times; i++) bytes[address] = bytes[address] + 1;
  }
}
