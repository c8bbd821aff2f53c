/**
 * What lies in the memory, as lists: live blocks, free runs, and how many bytes live. Slots of slabs change without the
 * lock, so of those that others work with, the state at some instant of the walk is shown.
 */
import type { Layout } from '../layout/layout.ts';
import type { Unit } from '../layout/units.ts';
import { SLOT_BYTES } from '../slab/size-class.ts';
import { USED, type SlabTable } from '../slab/slab-table.ts';
import { isSlab } from '../table/block-map.ts';
import type { LockedTable } from '../table/locked-table.ts';
import { PieceList, type Piece } from './piece-list.ts';
import { walkInSlices, type Visitor } from './sliced-walk.ts';

/** A live block. */
export interface BlockInfo {
  readonly address: number;
  /** Usable bytes. */
  readonly size: number;
  /** Where it comes from: the table, or a slot of a slab. */
  readonly kind: 'block' | 'slot';
}

/** A run of free memory. */
export interface FreeRunInfo {
  readonly address: number;
  /** Bytes. */
  readonly size: number;
}

/** All live blocks, in address order. */
export function blocksOf(locked: LockedTable, slabs?: SlabTable, sliceSteps?: number): Iterable<BlockInfo> {
  const visitor = new BlockVisitor(locked.table.layout, slabs);
  walkInSlices(locked, visitor, sliceSteps);
  return visitor.blocks;
}

/** All free runs, in address order. */
export function freeRunsOf(locked: LockedTable, sliceSteps?: number): Iterable<FreeRunInfo> {
  const visitor = new FreeRunVisitor(locked.table.layout);
  walkInSlices(locked, visitor, sliceSteps);
  return visitor.runs;
}

/** Usable bytes of all live blocks. */
export function liveBytesOf(locked: LockedTable, slabs: SlabTable, sliceSteps?: number): number {
  const visitor = new LiveBytesVisitor(slabs);
  walkInSlices(locked, visitor, sliceSteps);
  return visitor.bytes;
}

const blockOf = ({ address, size, mark }: Piece): BlockInfo => ({ address, size, kind: mark ? 'slot' : 'block' });
const freeRunOf = ({ address, size }: Piece): FreeRunInfo => ({ address, size });

class BlockVisitor implements Visitor {
  readonly blocks: PieceList<BlockInfo> = new PieceList(blockOf);
  readonly #layout: Layout;
  readonly #slabs: SlabTable | undefined;

  constructor(layout: Layout, slabs: SlabTable | undefined) {
    this.#layout = layout;
    this.#slabs = slabs;
  }

  visit(head: Unit, from: Unit, end: Unit, word: number): number {
    if (word < 0 || from !== head) return 1;
    if (isSlab(word)) return 1 + this.#addSlots(this.#slabs!, head, end - head);
    this.blocks.add(this.#layout.addressOf(head), this.#layout.bytesOf(end - head), false);
    return 1;
  }

  #addSlots(slabs: SlabTable, start: Unit, unitCount: number): number {
    slabs.requireSlab(start, unitCount);
    const size = SLOT_BYTES[slabs.classAt(start)];
    const base = this.#layout.addressOf(start);
    const first = slabs.firstState(start);
    const count = slabs.slotCount(start, unitCount);
    for (let slot = 0; slot < count; slot++) {
      if (slabs.states[first + slot] === USED) this.blocks.add(base + slot * size, size, true);
    }
    return count;
  }

  rest(): void {
    this.blocks.makeRoom();
  }
}

class FreeRunVisitor implements Visitor {
  readonly runs: PieceList<FreeRunInfo> = new PieceList(freeRunOf);
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  visit(_head: Unit, from: Unit, end: Unit, word: number): number {
    if (word < 0) this.runs.add(this.#layout.addressOf(from), this.#layout.bytesOf(end - from), false);
    return 1;
  }

  rest(): void {
    this.runs.makeRoom();
  }
}

class LiveBytesVisitor implements Visitor {
  bytes = 0;
  readonly #slabs: SlabTable;

  constructor(slabs: SlabTable) {
    this.#slabs = slabs;
  }

  visit(head: Unit, from: Unit, end: Unit, word: number): number {
    if (word < 0 || from !== head) return 1;
    if (isSlab(word)) return 1 + this.#addSlots(head, end - head);
    this.bytes += this.#slabs.layout.bytesOf(end - head);
    return 1;
  }

  #addSlots(start: Unit, unitCount: number): number {
    const slabs = this.#slabs;
    slabs.requireSlab(start, unitCount);
    const first = slabs.firstState(start);
    const count = slabs.slotCount(start, unitCount);
    let used = 0;
    for (let state = first; state < first + count; state++) if (slabs.states[state] === USED) used++;
    this.bytes += used * SLOT_BYTES[slabs.classAt(start)];
    return count;
  }
}
