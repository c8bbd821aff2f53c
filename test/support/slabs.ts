/**
 * Slabs without a facade around them, for tests of src/slab: a heap's table under its lock, and threads that only the
 * test believes in.
 */
import { builtInFit } from '../../src/fit/fit.ts';
import { Layout } from '../../src/layout/layout.ts';
import { SLAB_UNIT_BYTES } from '../../src/layout/regions.ts';
import type { Unit } from '../../src/layout/units.ts';
import { createHeapBuffer } from '../../src/memory-manager/heap-buffer.ts';
import { MemoryManager, type MemoryManagerOptions } from '../../src/index.ts';
import { SlabTable, USED } from '../../src/slab/slab-table.ts';
import { SLAB } from '../../src/table/block-map.ts';
import { BlockTable } from '../../src/table/block-table.ts';
import { FakeThread, FakeThreads } from './fake-threads.ts';

/** A table and the slabs in it, all of one thread. */
export interface SlabHeap {
  readonly table: BlockTable;
  readonly slabs: SlabTable;
}

export function slabHeapOf(unitCount: number): SlabHeap {
  const layout = new Layout(
    createHeapBuffer({
      unitBytes: SLAB_UNIT_BYTES,
      unitCount,
      unitLimit: unitCount,
      maxThreads: 2,
      lockTimeoutMs: 1000,
      fit: 'first-fit',
      liveness: undefined,
      options: 0,
      quarantine: 0,
    }),
  );
  const table = new BlockTable(layout, builtInFit('first-fit')!);
  table.extend(unitCount);
  return { table, slabs: new SlabTable(layout) };
}

/** Makes a slab at the first place that has room, with all slots free. */
export function createSlab({ table, slabs }: SlabHeap, unitCount: number, sizeClass: number, owner: number): Unit {
  const start = table.find(unitCount);
  table.prepare();
  slabs.describe(start, unitCount, sizeClass, owner);
  table.carve(start, start, unitCount, SLAB);
  return start;
}

/** Marks slots of a slab as allocated. */
export function useSlots(slabs: SlabTable, start: Unit, slots: readonly number[]): void {
  for (const slot of slots) slabs.states[slabs.firstState(start) + slot] = USED;
}

/** A heap with slabs in the hands of several threads, each with a manager of its own, in one real thread. */
export class SlabThreads implements Disposable {
  readonly threads: FakeThreads = new FakeThreads();
  /** The first thread's. */
  readonly heap: MemoryManager;
  readonly #managers: MemoryManager[] = [];
  /** Attachments of the dead, which must not be collected since that would free their slots. */
  readonly #dead: MemoryManager[] = [];

  constructor(blockSize: number, options: MemoryManagerOptions = {}) {
    this.heap = new MemoryManager(blockSize, { slabs: true, ...options, liveness: this.threads.start() });
    this.#managers.push(this.heap);
  }

  /** Attaches one more thread. `leave` leaves for good; `heap.detach()` for the time being. */
  start(): { heap: MemoryManager; thread: FakeThread; leave: () => void; die: () => void } {
    const thread = new FakeThread(this.heap, this.threads);
    const heap = new MemoryManager(thread.member);
    this.#managers.push(heap);
    const die = (): void => {
      thread.die();
      this.#managers.splice(this.#managers.indexOf(heap), 1);
      this.#dead.push(heap);
    };
    const leave = (): void => {
      heap.detach();
      thread.member.resume();
      thread.member.leave();
    };
    return { heap, thread, leave, die };
  }

  /** Ends the test: the heap must be sound, and every thread that lives leaves it. */
  [Symbol.dispose](): void {
    this.heap.check();
    for (const manager of this.#managers) manager.detach();
  }
}
