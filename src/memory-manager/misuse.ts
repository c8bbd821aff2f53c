/**
 * What is wrong with an address, and how it is said. Codes follow the present state of the heap, whatever led there.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import type { BlockTable } from '../table/block-table.ts';
import { UNIT_BYTES } from './options.ts';

/** Where an address lies; `start` is the address of the block or free run that holds it. */
type Place = { kind: 'nowhere'; why: string } | { kind: 'free' } | { kind: 'block'; start: number; end: number };

function placeOf({ layout, map, heads, unitCount }: BlockTable, address: unknown): Place {
  const end = layout.base + layout.bytesOf(unitCount);
  if (typeof address !== 'number' || !Number.isInteger(address)) return { kind: 'nowhere', why: 'is no whole number' };
  if (address < layout.base || address >= end) {
    return { kind: 'nowhere', why: `lies outside the memory from ${layout.base} to ${end}` };
  }
  const head = heads.lastAtOrBefore(layout.unitAt(address));
  if (map.at(head) < 0) return { kind: 'free' };
  const start = layout.base + layout.bytesOf(head);
  return { kind: 'block', start, end: start + layout.bytesOf(map.at(head)) };
}

/** Why `address` cannot be given back, resized or measured: no live block starts there. */
export function badBlockError(table: BlockTable, address: unknown, freeing: boolean): AllocatorError {
  const place = placeOf(table, address);
  if (place.kind === 'nowhere') return new AllocatorError('INVALID_ADDRESS', `address ${shown(address)} ${place.why}`);
  if (place.kind === 'block') {
    const inside = `lies inside the block that starts at ${place.start}; give the start of a block`;
    return new AllocatorError('INVALID_ADDRESS', `address ${shown(address)} ${inside}`);
  }
  if ((address as number) % UNIT_BYTES !== 0) {
    const misaligned = `is no multiple of ${UNIT_BYTES}, so no block starts there`;
    return new AllocatorError('INVALID_ADDRESS', `address ${shown(address)} ${misaligned}`);
  }
  return freeing
    ? new AllocatorError('DOUBLE_FREE', `address ${shown(address)} is free already`)
    : new AllocatorError('INVALID_ADDRESS', `address ${shown(address)} lies in free memory`);
}

/** Why `byteLength` bytes from `address` on cannot be accessed; undefined if they lie in one live block after all. */
export function badRangeError(table: BlockTable, address: unknown, byteLength: number): AllocatorError | undefined {
  const place = placeOf(table, address);
  if (place.kind === 'nowhere') return new AllocatorError('INVALID_ADDRESS', `address ${shown(address)} ${place.why}`);
  if (place.kind === 'free')
    return new AllocatorError('INVALID_ADDRESS', `address ${shown(address)} lies in free memory`);
  const left = place.end - (address as number);
  if (byteLength <= left) return undefined;
  return new AllocatorError(
    'OUT_OF_BOUNDS',
    `${byteLength} bytes from ${shown(address)} on leave the block that starts at ${place.start}: ${left} bytes are left there`,
  );
}
