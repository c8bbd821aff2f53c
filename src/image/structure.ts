/**
 * The structure of a heap as an image has it: what tiles its memory, and which slots of its slabs are in use.
 *
 *   heads          the head words of the block map, one for each block, slab and free run, in address order
 *   slab records   for each slab in the same order: bytes of a slot, owner word, then one bit per slot, 1 = in use
 *
 * A slab is described by the bytes of its slots, not by the number of its class, so that a library with other classes
 * besides can load it.
 */
import type { ByteAddress, Unit } from '../layout/units.ts';
import { isSlab, unitsOf } from '../table/block-map.ts';
import { SlabRecord } from './format.ts';

export interface Structure {
  /** Address of the first unit. */
  readonly base: number;
  readonly unitBytes: number;
  readonly unitCount: number;
  readonly heads: Int32Array;
  readonly slabRecords: Int32Array;
}

/** A slab of a structure. */
export interface RecordedSlab {
  readonly start: Unit;
  readonly unitCount: number;
  readonly address: ByteAddress;
  readonly slotBytes: number;
  readonly owner: number;
  readonly slotCount: number;
  /** Where the bits of its slots begin in the records. */
  readonly bits: number;
}

/** What is done with each part of a structure, in address order. */
export interface StructureVisitor {
  block?(start: Unit, unitCount: number, address: number): void;
  free?(start: Unit, unitCount: number, address: number): void;
  slab?(slab: RecordedSlab): void;
}

/** Visits blocks, slabs and free runs. The structure is known to be sound. */
export function visit(structure: Structure, visitor: StructureVisitor): void {
  const { heads, slabRecords, unitBytes, base } = structure;
  let unit = 0;
  let record = 0;
  for (let index = 0; index < heads.length; index++) {
    const word = heads[index];
    const unitCount = unitsOf(word);
    const address = (base + unit * unitBytes) as ByteAddress;
    if (word < 0) visitor.free?.(unit as Unit, unitCount, address);
    else if (isSlab(word)) {
      const slab = slabAt(slabRecords, record, unit as Unit, unitCount, address, unitBytes);
      record = slab.bits + bitWords(slab.slotCount);
      visitor.slab?.(slab);
    } else visitor.block?.(unit as Unit, unitCount, address);
    unit += unitCount;
  }
}

function slabAt(
  records: Int32Array,
  record: number,
  start: Unit,
  unitCount: number,
  address: ByteAddress,
  unitBytes: number,
): RecordedSlab {
  const slotBytes = records[record + SlabRecord.SLOT_BYTES];
  return {
    start,
    unitCount,
    address,
    slotBytes,
    owner: records[record + SlabRecord.OWNER],
    slotCount: Math.floor((unitCount * unitBytes) / slotBytes),
    bits: record + SlabRecord.BITS,
  };
}

/** Words for one bit per slot. */
export const bitWords = (slotCount: number): number => Math.ceil(slotCount / 32);

const ALL_USED = -1;

/** Calls `use` with each run of slots in use: the first of them, and how many they are. */
export function visitUsed(
  { slabRecords }: Structure,
  { bits, slotCount }: RecordedSlab,
  use: (first: number, count: number) => void,
): void {
  let first = -1;
  for (let slot = 0; slot < slotCount;) {
    const word = slabRecords[bits + (slot >>> 5)];
    if (((word >>> (slot & 31)) & 1) !== 0) {
      if (first < 0) first = slot;
      slot += word === ALL_USED && (slot & 31) === 0 ? Math.min(32, slotCount - slot) : 1;
    } else {
      if (first >= 0) use(first, slot - first);
      first = -1;
      slot += word === 0 ? 32 - (slot & 31) : 1;
    }
  }
  if (first >= 0) use(first, slotCount - first);
}

/** Calls `use` with each run of live bytes, in address order. */
export function visitLive(structure: Structure, use: (address: number, byteLength: number) => void): void {
  const { unitBytes } = structure;
  visit(structure, {
    block: (_start, unitCount, address) => use(address, unitCount * unitBytes),
    slab: (slab) =>
      visitUsed(structure, slab, (first, count) => use(slab.address + first * slab.slotBytes, count * slab.slotBytes)),
  });
}

/** Live blocks, and their bytes. */
export function liveIn(structure: Structure): { readonly blocks: number; readonly byteLength: number } {
  let blocks = 0;
  let byteLength = 0;
  visit(structure, {
    block(_start, unitCount) {
      blocks++;
      byteLength += unitCount * structure.unitBytes;
    },
    slab: (slab) =>
      visitUsed(structure, slab, (_first, count) => {
        blocks += count;
        byteLength += count * slab.slotBytes;
      }),
  });
  return { blocks, byteLength };
}
