/**
 * Saving a heap to a file and loading it again, fsync included: small blocks of mixed sizes and large ones, half of them
 * freed again, so that live and free memory lie mixed. The bytes are noise in every second block, and alike in the others.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryManager } from '../../src/index.ts';
import type { Contestant } from '../measure/contestant.ts';
import { Xorshift32 } from '../../src/xorshift.ts';

const LARGE_BYTES = 100_000;
/** One block in so many is a large one. */
const LARGE_ONE_IN = 400;
const SMALL_LIMIT = 1000;

/** A heap of `byteLength` bytes of which `liveBytes` live. */
export function mixedHeap(byteLength: number, liveBytes: number): MemoryManager {
  const heap = new MemoryManager(byteLength, { slabs: true });
  const random = new Xorshift32(1);
  const blocks: number[] = [];
  for (let taken = 0; taken < 2 * liveBytes;) {
    const size = random.below(LARGE_ONE_IN) === 0 ? LARGE_BYTES : 16 + random.below(SMALL_LIMIT);
    const address = heap.allocate(size)!;
    const words = heap.view(Int32Array, address, Math.floor(size / 4));
    for (let index = 0; index < words.length; index++)
      words[index] = blocks.length % 2 === 0 ? random.below(2 ** 32) : index;
    blocks.push(address);
    taken += heap.sizeOf(address);
  }
  for (const address of blocks) if (random.below(2) === 0) heap.deallocate(address);
  return heap;
}

/** Saves over the same file, round after round. */
export class Saving implements Contestant {
  readonly file: string;
  imageBytes = 0;
  liveBytes = 0;
  readonly #heap: MemoryManager;
  readonly #compress: boolean;
  readonly #folder: string;

  constructor(heap: MemoryManager, compress: boolean) {
    this.#heap = heap;
    this.#compress = compress;
    this.#folder = mkdtempSync(join(tmpdir(), 'threadheap-bench-'));
    this.file = join(this.#folder, 'heap.image');
  }

  run(): Promise<number> {
    const start = process.hrtime.bigint();
    const { byteLength, liveBytes } = this.#heap.save(this.file, { compress: this.#compress });
    const nanoseconds = Number(process.hrtime.bigint() - start);
    this.imageBytes = byteLength;
    this.liveBytes = liveBytes;
    return Promise.resolve(nanoseconds);
  }

  close(): Promise<void> {
    rmSync(this.#folder, { recursive: true });
    return Promise.resolve();
  }
}

/** Loads the file that another has saved before. */
export class Loading implements Contestant {
  readonly #saving: Saving;

  constructor(saving: Saving) {
    this.#saving = saving;
  }

  run(): Promise<number> {
    const start = process.hrtime.bigint();
    const heap = MemoryManager.load(this.#saving.file);
    const nanoseconds = Number(process.hrtime.bigint() - start);
    const isWhole = heap.stats().liveBytes === this.#saving.liveBytes;
    heap.detach();
    return isWhole ? Promise.resolve(nanoseconds) : Promise.reject(new Error('what was loaded is not what was saved'));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
