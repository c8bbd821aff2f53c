/**
 * Loading an image into a new heap. What is derived is derived by the code that repairs a heap after a death: as far as
 * the new heap can tell, its first thread died before it had done more than write the truth down.
 */
import { Guarded, Root } from '../layout/regions.ts';
import type { Layout } from '../layout/layout.ts';
import type { ThreadSlots } from '../sync/thread-slots.ts';
import { SLAB } from '../table/block-map.ts';
import type { BlockTable } from '../table/block-table.ts';
import type { LockedTable } from '../table/locked-table.ts';
import { SLOT_BYTES } from '../slab/size-class.ts';
import { NO_OWNER, USED, type SlabTable } from '../slab/slab-table.ts';
import { readContents } from './contents.ts';
import { readImage } from './reading.ts';
import type { ImageHead } from './head.ts';
import type { ChunkReader } from './medium/chunk-reader.ts';
import type { ImageSource } from './medium/source.ts';
import { visit, visitUsed, type RecordedSlab, type Structure } from './structure.ts';

/** What loading needs of a new heap: no block is in it yet. */
export interface NewHeap {
  readonly layout: Layout;
  readonly locked: LockedTable;
  readonly slots: ThreadSlots;
  /** Undefined in a heap without slabs. */
  readonly slabs: { readonly table: SlabTable; adopt(slots: ThreadSlots): unknown } | undefined;
  /** Gives the heap up, whose memory would be kept otherwise. */
  leaveWithoutLock(): void;
}

/**
 * Makes a heap by `create` and fills it from an image. Blocks are where they were.
 *
 * @throws AllocatorError `LAYOUT_MISMATCH`, `CORRUPTED`, `UNSUPPORTED`, or whatever `create` throws
 */
export function loadImage<H extends NewHeap>(source: ImageSource, create: (head: ImageHead) => H): H {
  const { head, structure, reader } = readImage(source);
  const heap = create(head);
  try {
    fill(heap, head, structure, reader);
  } catch (error) {
    heap.leaveWithoutLock();
    throw error;
  }
  return heap;
}

function fill(
  { layout, locked, slots, slabs }: NewHeap,
  head: ImageHead,
  structure: Structure,
  reader: ChunkReader,
): void {
  locked.run(restoreLocked, structure, slabs?.table, head.rover);
  readContents(layout.buffer, structure, reader);
  reader.end();
  layout.words.set(head.root, Root.VALUE);
  locked.repair();
  slabs?.adopt(slots);
}

/** Writes the truth down, and leaves the table as one whose change was cut short: the next holder of the lock repairs. */
function restoreLocked(table: BlockTable, structure: Structure, slabs: SlabTable | undefined, rover: number): void {
  const { map, layout } = table;
  table.prepare();
  visit(structure, {
    block: (start, unitCount) => map.prepare(start, unitCount),
    free: (start, unitCount) => map.prepare(start, -unitCount),
    slab: (slab) => restoreSlab(table, structure, slab, slabs!),
  });
  layout.words[Guarded.ROVER] = rover >= 0 && rover < structure.unitCount ? rover : 0;
  Atomics.store(layout.words, Guarded.ORPHANS, 1);
}

function restoreSlab({ map }: BlockTable, structure: Structure, slab: RecordedSlab, slabs: SlabTable): void {
  const { start, unitCount, slotBytes } = slab;
  map.prepare(start, unitCount | SLAB);
  slabs.describe(start, unitCount, SLOT_BYTES.indexOf(slotBytes), NO_OWNER);
  const first = slabs.firstState(start);
  visitUsed(structure, slab, (slot, count) => slabs.states.fill(USED, first + slot, first + slot + count));
}
