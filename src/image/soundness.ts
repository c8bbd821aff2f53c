/**
 * Whether a structure that was read can be one. Its checksums were right, so this finds the mistakes of whoever wrote it.
 */
import { SLAB_UNIT_BYTES } from '../layout/regions.ts';
import { isSlab, unitsOf } from '../table/block-map.ts';
import { SLAB_LIMIT_BYTES, SLOT_BYTES } from '../slab/size-class.ts';
import { damaged } from './medium/damage.ts';
import { SlabRecord } from './format.ts';
import { bitWords, type Structure } from './structure.ts';

/** @throws AllocatorError `CORRUPTED` */
export function requireSound(structure: Structure): void {
  const { heads, slabRecords, unitCount } = structure;
  let unit = 0;
  let record = 0;
  let wasFree = false;
  for (const word of heads) {
    const length = unitsOf(word);
    require(length >= 1 && unit + length <= unitCount, unit, `${word} of ${unitCount} units cannot be a block`);
    require(word > 0 || !wasFree, unit, 'two free runs touch');
    wasFree = word < 0;
    if (isSlab(word)) record = requireSlab(structure, unit, length, record);
    unit += length;
  }
  require(unit === unitCount, unit, `the blocks end before the memory, ${unitCount} units`);
  require(record === slabRecords.length, unit, 'slots are recorded for slabs that are not there');
}

/** Returns where the record of the next slab begins. */
function requireSlab({ slabRecords, unitBytes }: Structure, unit: number, length: number, record: number): number {
  const slotBytes = slabRecords[record + SlabRecord.SLOT_BYTES];
  const byteLength = length * unitBytes;
  const isPossible = unitBytes === SLAB_UNIT_BYTES && byteLength <= SLAB_LIMIT_BYTES && SLOT_BYTES.includes(slotBytes);
  require(isPossible && slotBytes <= byteLength, unit, `no slab of ${byteLength} bytes has slots of ${slotBytes}`);
  const slotCount = Math.floor(byteLength / slotBytes);
  const end = record + SlabRecord.BITS + bitWords(slotCount);
  require(end <= slabRecords.length, unit, 'the slots of a slab are not recorded');
  const unused = bitWords(slotCount) * 32 - slotCount;
  require(unused === 0 ||
    slabRecords[end - 1] >>> (32 - unused) === 0, unit, 'a slab has more slots in use than slots');
  return end;
}

function require(holds: boolean, unit: number, fault: string): asserts holds {
  if (!holds) throw damaged(`the structure at unit ${unit}`, fault);
}
