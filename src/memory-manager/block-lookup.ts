/**
 * From addresses to blocks. Without the lock a look may be torn by a change nearby, so it can only confirm; what it
 * does not confirm is looked up again under the lock, where a misuse is a misuse.
 */
import type { AllocatorError } from '../allocator-error.ts';
import type { Layout } from '../layout/layout.ts';
import type { Unit } from '../layout/units.ts';
import type { BlockTable } from '../table/block-table.ts';
import * as lockedTable from '../table/locked-table.ts';
import { badBlockError, badRangeError } from './misuse.ts';

/** Units of the live block that starts at `address`; 0 if none is seen there. */
export function unitsOfBlockAt(table: BlockTable, address: number): number {
  const unit = headCandidate(table.layout, address);
  const isHead = unit >= 0 && unit < table.loadUnitCount() && table.heads.loadHas(unit);
  return isHead ? Math.max(0, table.map.load(unit)) : 0;
}

/** The unit that starts at `address`; negative if none can. */
function headCandidate({ base, unitBytes }: Layout, address: number): number {
  if (!Number.isInteger(address)) return -1;
  const unit = (address - base) / unitBytes;
  return Number.isInteger(unit) ? unit : -1;
}

/** Whether the bytes are seen to lie in one live block. */
export function isInOneBlock(table: BlockTable, address: number, byteLength: number): boolean {
  if (!Number.isInteger(address)) return false;
  const { layout, map, heads } = table;
  const unit = layout.unitAt(address);
  if (unit < 0 || unit >= table.loadUnitCount()) return false;
  const head = heads.loadLastAtOrBefore(unit);
  return head >= 0 && address + byteLength <= layout.base + layout.bytesOf(head + map.load(head));
}

/** @throws AllocatorError `INVALID_ADDRESS` */
export function unitsOfBlockLocked(table: BlockTable, address: number): number {
  return table.map.at(blockLocked(table, address, false));
}

/** @throws AllocatorError `INVALID_ADDRESS` or `DOUBLE_FREE` */
export function giveBackLocked(table: BlockTable, address: number): void {
  table.giveBack(blockLocked(table, address, true));
}

/** @throws AllocatorError `INVALID_ADDRESS` */
export function resizeLocked(table: BlockTable, address: number, unitCount: number): boolean {
  return table.resize(blockLocked(table, address, false), unitCount);
}

/** @throws AllocatorError `INVALID_ADDRESS` */
export function resizeAtEndLocked(table: BlockTable, address: number, unitCount: number): boolean {
  return lockedTable.resizeAtEndLocked(table, blockLocked(table, address, false), unitCount);
}

/** What is wrong with an access, if anything is. */
export function rangeErrorLocked(table: BlockTable, address: number, byteLength: number): AllocatorError | undefined {
  return badRangeError(table, address, byteLength);
}

function blockLocked(table: BlockTable, address: number, freeing: boolean): Unit {
  const { layout, map, heads, unitCount } = table;
  const unit = headCandidate(layout, address);
  if (unit >= 0 && unit < unitCount && heads.has(unit) && map.at(unit) > 0) return unit as Unit;
  throw badBlockError(table, address, freeing);
}
