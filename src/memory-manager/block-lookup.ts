/**
 * From addresses to blocks, be they blocks of the table or slots of a slab. Without the lock a look may be torn by a
 * change nearby, so it can only confirm; what it does not confirm is looked up again under the lock, where a misuse
 * is a misuse.
 */
import type { AllocatorError } from '../allocator-error.ts';
import { NO_UNIT, type Unit } from '../layout/units.ts';
import { SLAB } from '../table/block-map.ts';
import type { BlockTable } from '../table/block-table.ts';
import * as lockedTable from '../table/locked-table.ts';
import type { SlabTable } from '../slab/slab-table.ts';
import { badBlockError, badRangeError } from './misuse.ts';

/** Finds the live block that starts at, or holds, an address. */
export class BlockLookup {
  readonly table: BlockTable;
  /** Undefined in a heap without slabs. */
  readonly slabs: SlabTable | undefined;

  constructor(table: BlockTable, slabs: SlabTable | undefined) {
    this.table = table;
    this.slabs = slabs;
  }

  /** Whether a slot in use starts at `address`. */
  isSlot(address: number): boolean {
    if (this.slabs === undefined || !Number.isInteger(address)) return false;
    const slot = this.slabs.usedSlotAt(address);
    return slot !== 0 && slot === address;
  }

  /** Usable bytes of the live block that starts at `address`; 0 if none is seen there. */
  sizeAt(address: number): number {
    if (this.isSlot(address)) return this.slabs!.slotBytesAt(address);
    const { layout, heads, map } = this.table;
    const unit = this.#unitStartingAt(address);
    if (unit === NO_UNIT || unit >= this.table.loadUnitCount() || !heads.loadHas(unit)) return 0;
    const word = map.load(unit);
    return word > 0 && (word & SLAB) === 0 ? layout.bytesOf(word) : 0;
  }

  /** Whether the bytes are seen to lie in one live block. */
  holds(address: number, byteLength: number): boolean {
    if (!Number.isInteger(address)) return false;
    const slot = this.slabs?.usedSlotAt(address) ?? 0;
    if (slot !== 0) return address + byteLength <= slot + this.slabs!.slotBytesAt(address);
    return this.#tableHolds(address, byteLength);
  }

  #tableHolds(address: number, byteLength: number): boolean {
    const { layout, map, heads } = this.table;
    const unit = layout.unitAt(address);
    if (unit < 0 || unit >= this.table.loadUnitCount()) return false;
    const head = heads.loadLastAtOrBefore(unit);
    const word = head >= 0 ? map.load(head) : 0;
    if (word <= 0 || (word & SLAB) !== 0) return false;
    return address + byteLength <= layout.base + layout.bytesOf(head + word);
  }

  /** The block of the table that starts at `address`, or NO_UNIT. Under the lock. */
  blockAt(address: number): Unit {
    const { heads, map, unitCount } = this.table;
    const unit = this.#unitStartingAt(address);
    if (unit === NO_UNIT || unit >= unitCount || !heads.has(unit)) return NO_UNIT;
    const word = map.at(unit);
    return word > 0 && (word & SLAB) === 0 ? unit : NO_UNIT;
  }

  #unitStartingAt(address: number): Unit {
    if (!Number.isInteger(address)) return NO_UNIT;
    const { base, unitBytes } = this.table.layout;
    const unit = (address - base) / unitBytes;
    return Number.isInteger(unit) && unit >= 0 ? (unit as Unit) : NO_UNIT;
  }
}

/** @throws AllocatorError `INVALID_ADDRESS` */
export function sizeLocked(table: BlockTable, lookup: BlockLookup, address: number): number {
  if (lookup.isSlot(address)) return lookup.slabs!.slotBytesAt(address);
  return table.layout.bytesOf(table.map.unitsAt(requireBlock(lookup, address)));
}

/**
 * What throws has not given the block back. Where the stack ends after that, what is derived follows with the repair.
 *
 * @throws AllocatorError `INVALID_ADDRESS` or `DOUBLE_FREE`
 */
export function giveBackLocked(table: BlockTable, lookup: BlockLookup, address: number): void {
  const block = lookup.blockAt(address);
  if (block !== NO_UNIT) {
    try {
      return table.giveBack(block);
    } catch (error) {
      if (error instanceof RangeError && table.hasGivenBack) return undefined;
      throw error;
    }
  }
  if (lookup.isSlot(address) && lookup.slabs!.freeRemotely(address) !== NO_UNIT) return undefined;
  throw badBlockError(lookup, address, true);
}

/** @throws AllocatorError `INVALID_ADDRESS` */
export function resizeLocked(table: BlockTable, lookup: BlockLookup, address: number, unitCount: number): boolean {
  return table.resize(requireBlock(lookup, address), unitCount);
}

/** @throws AllocatorError `INVALID_ADDRESS` */
export function resizeAtEndLocked(table: BlockTable, lookup: BlockLookup, address: number, unitCount: number): boolean {
  return lockedTable.resizeAtEndLocked(table, requireBlock(lookup, address), unitCount);
}

/** What is wrong with an access, if anything is. */
export function rangeErrorLocked(
  _table: BlockTable,
  lookup: BlockLookup,
  address: number,
  byteLength: number,
): AllocatorError | undefined {
  return badRangeError(lookup, address, byteLength);
}

function requireBlock(lookup: BlockLookup, address: number): Unit {
  const block = lookup.blockAt(address);
  if (block !== NO_UNIT) return block;
  throw badBlockError(lookup, address, false);
}
