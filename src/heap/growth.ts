/**
 * Growth of the memory under management. The caller holds the lock.
 *
 * Metadata for the greatest size lies at the front, so growth lengthens the buffer, then takes the new units under
 * management, see BlockTable.extend. A thread that dies in between leaves the buffer longer than it had to be.
 */
import type { Unit } from '../layout/units.ts';
import type { Layout } from '../layout/layout.ts';
import type { BlockTable } from '../table/block-table.ts';

/**
 * Grows the memory to twice its size or by what is missing for `desired` units at its end, within the limit; false
 * if even `required` units would not fit then, or the engine has no more memory.
 */
export function growLocked(table: BlockTable, required: number, desired: number): boolean {
  const { layout, unitCount, tail } = table;
  if (tail + required > layout.unitLimit) return false;
  const target = Math.min(layout.unitLimit, Math.max(2 * unitCount, tail + desired));
  if (target === unitCount || !reserve(layout, layout.base + layout.bytesOf(target))) return false;
  table.extend(target);
  return true;
}

/** Resizes the block at the end of the memory in place by growing the memory. */
export function growAtEndLocked(table: BlockTable, block: Unit, unitCount: number): boolean {
  const end = block + table.map.unitsAt(block);
  const added = unitCount - (end - block);
  return end === table.tail && growLocked(table, added, added) && table.resize(block, unitCount);
}

function reserve({ buffer }: Layout, byteLength: number): boolean {
  if (buffer.byteLength >= byteLength) return true;
  try {
    buffer.grow(byteLength);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
