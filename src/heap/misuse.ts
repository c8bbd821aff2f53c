/**
 * What is wrong with an address, and how it is said. Codes follow the present state of the heap, whatever led there.
 * The caller holds the lock.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import { SLOT_STEP_BYTES } from '../layout/regions.ts';
import type { BlockTable } from '../table/block-table.ts';
import { Kind, type Locator } from './locator.ts';

const invalid = (address: unknown, why: string) =>
  new AllocatorError('INVALID_ADDRESS', `address ${shown(address)} ${why}`);

function nowhere({ table }: Locator, address: unknown): AllocatorError {
  const { layout, unitCount } = table;
  const whole = typeof address === 'number' && Number.isInteger(address);
  const outside = `lies outside the memory from ${layout.base} to ${layout.base + layout.bytesOf(unitCount)}`;
  return invalid(address, whole ? outside : 'is no whole number');
}

/** Why `address` cannot be resized or measured: no live block starts there. */
export function badBlockLocked(_table: BlockTable, locator: Locator, address: number): AllocatorError {
  const isLive = locator.locate(address);
  if (locator.kind === Kind.NOWHERE) return nowhere(locator, address);
  if (isLive && locator.start === address) return invalid(address, 'was changed by another thread during the call');
  if (isLive)
    return invalid(address, `lies inside the block that starts at ${locator.start}; give the start of a block`);
  if (address % SLOT_STEP_BYTES === 0) return invalid(address, 'lies in free memory');
  return invalid(address, `is no multiple of ${SLOT_STEP_BYTES}, so no block starts there`);
}

/**
 * Why `address` could not be given back. If a block starts there now, it was not there when this thread looked; or it
 * was, as one of the table with `seenBytes` bytes, and another thread has changed it.
 */
export function badFreeLocked(table: BlockTable, locator: Locator, address: number, seenBytes: number): AllocatorError {
  const isLive = locator.locate(address);
  const startsThere = isLive && locator.start === address && seenBytes === 0;
  const isPlace = locator.kind !== Kind.NOWHERE && address % SLOT_STEP_BYTES === 0;
  if (!startsThere && (isLive || !isPlace)) return badBlockLocked(table, locator, address);
  return new AllocatorError('DOUBLE_FREE', `address ${shown(address)} is free already`);
}

/** Why `byteLength` bytes from `address` on cannot be accessed; undefined if they lie in one live block after all. */
export function badRangeLocked(
  _table: BlockTable,
  locator: Locator,
  address: number,
  byteLength: number,
): AllocatorError | undefined {
  if (locator.holds(address, byteLength)) return undefined;
  const { kind, start } = locator;
  if (kind === Kind.NOWHERE) return nowhere(locator, address);
  if (kind === Kind.FREE) return invalid(address, 'lies in free memory');
  const left = start + locator.byteLength - address;
  return new AllocatorError(
    'OUT_OF_BOUNDS',
    `${byteLength} bytes from ${shown(address)} on leave the block that starts at ${start}: ${left} bytes are left there`,
  );
}
