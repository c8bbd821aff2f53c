/**
 * What is wrong with an address, and how it is said. Codes follow the present state of the heap, whatever led there.
 * The caller holds the lock.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import { SLOT_STEP_BYTES } from '../layout/regions.ts';
import { SLAB } from '../table/block-map.ts';
import type { BlockLookup } from './block-lookup.ts';

/** Where an address lies; `start` and `end` are those of the block that holds it. */
type Place = { kind: 'nowhere'; why: string } | { kind: 'free' } | { kind: 'block'; start: number; end: number };

function placeOf({ table, slabs }: BlockLookup, address: unknown): Place {
  const { layout, map, heads, unitCount } = table;
  const end = layout.base + layout.bytesOf(unitCount);
  if (typeof address !== 'number' || !Number.isInteger(address)) return { kind: 'nowhere', why: 'is no whole number' };
  if (address < layout.base || address >= end) {
    return { kind: 'nowhere', why: `lies outside the memory from ${layout.base} to ${end}` };
  }
  const slot = slabs?.usedSlotAt(address) ?? 0;
  if (slot !== 0) return { kind: 'block', start: slot, end: slot + slabs!.slotBytesAt(address) };
  const head = heads.lastAtOrBefore(layout.unitAt(address));
  const word = map.at(head);
  if (word < 0 || (word & SLAB) !== 0) return { kind: 'free' };
  const start = layout.base + layout.bytesOf(head);
  return { kind: 'block', start, end: start + layout.bytesOf(word) };
}

const invalid = (address: unknown, why: string) =>
  new AllocatorError('INVALID_ADDRESS', `address ${shown(address)} ${why}`);

/** Why `address` cannot be given back, resized or measured: no live block starts there. */
export function badBlockError(lookup: BlockLookup, address: unknown, freeing: boolean): AllocatorError {
  const place = placeOf(lookup, address);
  if (place.kind === 'nowhere') return invalid(address, place.why);
  if (place.kind === 'block') {
    return invalid(address, `lies inside the block that starts at ${place.start}; give the start of a block`);
  }
  if (Number(address) % SLOT_STEP_BYTES !== 0) {
    return invalid(address, `is no multiple of ${SLOT_STEP_BYTES}, so no block starts there`);
  }
  if (!freeing) return invalid(address, 'lies in free memory');
  return new AllocatorError('DOUBLE_FREE', `address ${shown(address)} is free already`);
}

/** Why `byteLength` bytes from `address` on cannot be accessed; undefined if they lie in one live block after all. */
export function badRangeError(lookup: BlockLookup, address: number, byteLength: number): AllocatorError | undefined {
  const place = placeOf(lookup, address);
  if (place.kind === 'nowhere') return invalid(address, place.why);
  if (place.kind === 'free') return invalid(address, 'lies in free memory');
  const left = place.end - address;
  if (byteLength <= left) return undefined;
  return new AllocatorError(
    'OUT_OF_BOUNDS',
    `${byteLength} bytes from ${shown(address)} on leave the block that starts at ${place.start}: ${left} bytes are left there`,
  );
}
