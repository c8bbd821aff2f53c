/**
 * From addresses to blocks. Without the lock a look may be torn by a change nearby, so it can only confirm; what it
 * does not confirm is looked up again under the lock, where a misuse is a misuse.
 */
import type { AllocatorError } from '../allocator-error.ts';
import type { Unit } from '../layout/units.ts';
import type { BlockTable } from '../table/block-table.ts';
import * as lockedTable from '../table/locked-table.ts';
import { badBlockError, badRangeError } from './misuse.ts';

/** Units of the live block that starts at `address`; 0 if none is seen there. */
export function unitsOfBlockAt({ layout, map, heads, unitCount }: BlockTable, address: number): number {
  if (!Number.isInteger(address)) return 0;
  const unit = (address - layout.base) / layout.unitBytes;
  const isHead = Number.isInteger(unit) && unit >= 0 && unit < unitCount && heads.has(unit);
  return isHead ? Math.max(0, map.load(unit)) : 0;
}

/** Whether the bytes are seen to lie in one live block. */
export function isInOneBlock(table: BlockTable, address: number, byteLength: number): boolean {
  const { layout, map, heads, unitCount } = table;
  const unit = layout.unitAt(address);
  if (!Number.isInteger(address) || unit < 0 || unit >= unitCount) return false;
  const head = heads.lastAtOrBefore(unit);
  return head >= 0 && address + byteLength <= layout.base + layout.bytesOf(head + map.load(head));
}

/** @throws AllocatorError `INVALID_ADDRESS` */
export function unitsOfBlockLocked(table: BlockTable, address: number): number {
  const unitCount = unitsOfBlockAt(table, address);
  if (unitCount > 0) return unitCount;
  throw badBlockError(table, address, false);
}

/** @throws AllocatorError `INVALID_ADDRESS` or `DOUBLE_FREE` */
export function giveBackLocked(table: BlockTable, address: number): void {
  if (unitsOfBlockAt(table, address) === 0) throw badBlockError(table, address, true);
  table.giveBack(table.layout.unitAt(address));
}

/** @throws AllocatorError `INVALID_ADDRESS` */
export function resizeLocked(table: BlockTable, address: number, unitCount: number): boolean {
  return table.resize(blockLocked(table, address), unitCount);
}

/** @throws AllocatorError `INVALID_ADDRESS` */
export function resizeAtEndLocked(table: BlockTable, address: number, unitCount: number): boolean {
  return lockedTable.resizeAtEndLocked(table, blockLocked(table, address), unitCount);
}

/** What is wrong with an access, if anything is. */
export function rangeErrorLocked(table: BlockTable, address: number, byteLength: number): AllocatorError | undefined {
  return badRangeError(table, address, byteLength);
}

function blockLocked(table: BlockTable, address: number): Unit {
  unitsOfBlockLocked(table, address);
  return table.layout.unitAt(address);
}
