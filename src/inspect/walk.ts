/**
 * Walks over the memory in address order. The caller holds the lock; results are snapshots. Slots of slabs change
 * without the lock, so of those that others work with, the state at some instant of the walk is shown.
 */
import type { BlockTable } from '../table/block-table.ts';
import { isSlab } from '../table/block-map.ts';
import type { Unit } from '../layout/units.ts';
import { SLOT_BYTES } from '../slab/size-class.ts';
import { USED, type SlabTable } from '../slab/slab-table.ts';

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

/** All live blocks. */
export function blocksLocked(table: BlockTable, slabs: SlabTable | undefined): BlockInfo[] {
  const { layout, map } = table;
  const blocks: BlockInfo[] = [];
  forEachHead(table, (head, word) => {
    if (word < 0) return;
    if (isSlab(word)) addSlots(blocks, slabs!, head, map.unitsAt(head));
    else blocks.push({ address: layout.addressOf(head), size: layout.bytesOf(word), kind: 'block' });
  });
  return blocks;
}

function addSlots(blocks: BlockInfo[], slabs: SlabTable, start: Unit, unitCount: number): void {
  const size = SLOT_BYTES[slabs.classAt(start)];
  const base = slabs.layout.addressOf(start);
  const count = slabs.slotCount(start, unitCount);
  for (let slot = 0; slot < count; slot++) {
    if (slabs.states[slabs.firstState(start) + slot] !== USED) continue;
    blocks.push({ address: base + slot * size, size, kind: 'slot' });
  }
}

/** Usable bytes of all live blocks. */
export function liveBytesLocked(table: BlockTable, slabs: SlabTable): number {
  let bytes = 0;
  forEachHead(table, (head, word) => {
    if (word < 0) return;
    bytes += isSlab(word) ? usedSlotBytes(slabs, head, table.map.unitsAt(head)) : table.layout.bytesOf(word);
  });
  return bytes;
}

function usedSlotBytes(slabs: SlabTable, start: Unit, unitCount: number): number {
  const first = slabs.firstState(start);
  const end = first + slabs.slotCount(start, unitCount);
  let used = 0;
  for (let state = first; state < end; state++) if (slabs.states[state] === USED) used++;
  return used * SLOT_BYTES[slabs.classAt(start)];
}

/** All free runs. */
export function freeRunsLocked(table: BlockTable): FreeRunInfo[] {
  const { layout } = table;
  const runs: FreeRunInfo[] = [];
  forEachHead(table, (head, word) => {
    if (word < 0) runs.push({ address: layout.addressOf(head), size: layout.bytesOf(-word) });
  });
  return runs;
}

function forEachHead({ map, unitCount }: BlockTable, visit: (head: Unit, word: number) => void): void {
  for (let head = 0; head < unitCount; head += map.unitsAt(head)) visit(head as Unit, map.at(head));
}
