/**
 * From an address to the block that holds it, be it a block of the table or a slot of a slab: the one place that knows
 * how.
 *
 *   kind       start, byteLength       meaning
 *   NOWHERE    not valid               no whole number, or outside the memory
 *   FREE       not valid               no live block holds the byte
 *   SLOT       of the slot             a slot in use; `slab` and `state` say which
 *   BLOCK      of the block            a block of the table
 *
 * The answer lies in fields, so that asking allocates nothing; it is valid until the next question.
 *
 * Asked without the lock, "SLOT" and "BLOCK" are true if the asker may use the block, since what they follow from is
 * constant while it lives. Where a live block starts, the answer is exact. Of other bytes a change nearby may tear the
 * look, so that "FREE" and "NOWHERE" prove nothing: whoever needs to know asks again under the lock.
 */
import { NO_UNIT, type Unit } from '../layout/units.ts';
import type { BlockTable } from '../table/block-table.ts';
import { SLAB } from '../table/block-map.ts';
import { RECIPROCALS, SLOT_BYTES, slotIndex } from '../slab/size-class.ts';
import { USED, type SlabTable } from '../slab/slab-table.ts';

/** What holds a byte. */
export const Kind = { NOWHERE: 0, FREE: 1, SLOT: 2, BLOCK: 3 } as const;

/** Finds the live block that holds a byte. */
export class Locator {
  readonly table: BlockTable;
  /** Undefined in a heap without slabs. */
  readonly slabs: SlabTable | undefined;
  /** A `Kind`. */
  kind: number = Kind.NOWHERE;
  /** Address of the first byte. */
  start = 0;
  /** Usable bytes. */
  byteLength = 0;
  /** First unit of the slab of a slot. */
  slab: Unit = NO_UNIT;
  /** Index of the state of a slot. */
  state = 0;

  constructor(table: BlockTable, slabs: SlabTable | undefined) {
    this.table = table;
    this.slabs = slabs;
  }

  /** Looks which live block holds the byte at `address`. True if there is one. */
  locate(address: number): boolean {
    const { layout } = this.table;
    const unit = Number.isInteger(address) ? layout.unitAt(address) : NO_UNIT;
    if (unit < 0 || unit >= layout.unitLimit) return this.#isNot(Kind.NOWHERE);
    const slab = this.slabs === undefined ? NO_UNIT : this.slabs.startOf(unit);
    return slab === NO_UNIT ? this.#locateBlock(unit) : this.#locateSlot(this.slabs!, slab, address);
  }

  /** Whether a live block starts at `address`. */
  startsAt(address: number): boolean {
    return this.locate(address) && this.start === address;
  }

  /** Whether the bytes lie in one live block. */
  holds(address: number, byteLength: number): boolean {
    return this.locate(address) && address + byteLength <= this.start + this.byteLength;
  }

  #locateSlot(slabs: SlabTable, slab: Unit, address: number): boolean {
    const sizeClass = slabs.classAt(slab);
    const base = slabs.layout.addressOf(slab);
    const slot = slotIndex(address - base, RECIPROCALS[sizeClass]);
    this.slab = slab;
    this.state = slabs.firstState(slab) + slot;
    this.byteLength = SLOT_BYTES[sizeClass];
    this.start = base + slot * this.byteLength;
    if (slabs.states[this.state] !== USED) return this.#isNot(Kind.FREE);
    this.kind = Kind.SLOT;
    return true;
  }

  #locateBlock(unit: Unit): boolean {
    const { layout, map, heads } = this.table;
    if (unit >= this.table.loadUnitCount()) return this.#isNot(Kind.NOWHERE);
    const head = heads.loadLastAtOrBefore(unit) as Unit;
    const word = head < 0 ? 0 : map.load(head);
    if (word <= 0 || (word & SLAB) !== 0) return this.#isNot(Kind.FREE);
    this.start = layout.addressOf(head);
    this.byteLength = layout.bytesOf(word);
    this.kind = Kind.BLOCK;
    return true;
  }

  #isNot(kind: number): boolean {
    this.kind = kind;
    return false;
  }
}
