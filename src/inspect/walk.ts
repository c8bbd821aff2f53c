/**
 * Walks over the memory in address order. The caller holds the lock; results are snapshots.
 */
import type { BlockTable } from '../table/block-table.ts';
import type { Unit } from '../layout/units.ts';

/** A live block. */
export interface BlockInfo {
  readonly address: number;
  /** Usable bytes. */
  readonly size: number;
  readonly kind: 'block' | 'slot';
}

/** A run of free memory. */
export interface FreeRunInfo {
  readonly address: number;
  /** Bytes. */
  readonly size: number;
}

/** All live blocks. */
export function blocksLocked(table: BlockTable): BlockInfo[] {
  const { layout, map } = table;
  const blocks: BlockInfo[] = [];
  forEachHead(table, (head) => {
    if (map.at(head) < 0) return;
    blocks.push({ address: layout.addressOf(head), size: layout.bytesOf(map.at(head)), kind: 'block' });
  });
  return blocks;
}

/** All free runs. */
export function freeRunsLocked(table: BlockTable): FreeRunInfo[] {
  const { layout, map } = table;
  const runs: FreeRunInfo[] = [];
  forEachHead(table, (head) => {
    if (map.at(head) < 0) runs.push({ address: layout.addressOf(head), size: layout.bytesOf(-map.at(head)) });
  });
  return runs;
}

function forEachHead({ map, unitCount }: BlockTable, visit: (head: Unit) => void): void {
  for (let head = 0 as Unit; head < unitCount; head = (head + Math.abs(map.at(head))) as Unit) visit(head);
}
