/**
 * The slabs of one thread by what they are good for. A record is in exactly one place:
 *
 *   current      the slab that its class allocates from
 *   AVAILABLE    has free slots; may be empty, then it counts in `emptyUnits`
 *   FULL         no free slot is known; others may have freed some
 *
 * Private to the thread and derived from the slot states: losing it loses no block.
 */
import { NO_UNIT, type Unit } from '../layout/units.ts';
import type { OwnerWord } from '../sync/thread-slots.ts';
import { CLASS_COUNT } from './size-class.ts';
import { available, Field, full, NO_LIST, NO_RECORD, SlabRecords, type RecordIndex } from './slab-records.ts';
import { NO_SLOT, type SlabTable } from './slab-table.ts';

/** One thread's slabs, sorted. */
export class OwnSlabs {
  readonly table: SlabTable;
  readonly owner: OwnerWord;
  readonly records: SlabRecords;
  /** The current slab of each class, or NO_RECORD. */
  readonly current: Int32Array = new Int32Array(CLASS_COUNT);
  readonly unitsOfClass: Int32Array = new Int32Array(CLASS_COUNT);
  /** Units of all slabs. */
  units = 0;
  /** Units of available slabs without a live slot. */
  emptyUnits = 0;

  constructor(table: SlabTable, owner: OwnerWord) {
    this.table = table;
    this.owner = owner;
    this.records = new SlabRecords(table);
  }

  field(record: RecordIndex, field: number): number {
    return this.records.words[record + field];
  }

  owns(start: Unit): boolean {
    return start !== NO_UNIT && this.records.ofUnit[start] !== NO_RECORD;
  }

  isCurrent(record: RecordIndex): boolean {
    return this.current[this.field(record, Field.CLASS)] === record;
  }

  isEmpty(record: RecordIndex): boolean {
    return this.field(record, Field.LIVE) === 0;
  }

  /** Makes a record for a slab that is ours; it is nowhere yet. */
  add(start: Unit, unitCount: number): RecordIndex {
    const record = this.records.add(start, unitCount);
    this.units += unitCount;
    this.unitsOfClass[this.field(record, Field.CLASS)] += unitCount;
    return record;
  }

  /** Forgets a slab, wherever its record is. */
  drop(record: RecordIndex): void {
    const unitCount = this.field(record, Field.UNITS);
    if (this.isCurrent(record)) this.current[this.field(record, Field.CLASS)] = NO_RECORD;
    this.takeOff(record);
    this.units -= unitCount;
    this.unitsOfClass[this.field(record, Field.CLASS)] -= unitCount;
    this.records.remove(record);
  }

  /** Puts a record that is nowhere on the list where it belongs. */
  file(record: RecordIndex): void {
    const sizeClass = this.field(record, Field.CLASS);
    const isFull = this.field(record, Field.HEAD) === NO_SLOT;
    this.records.append(isFull ? full(sizeClass) : available(sizeClass), record);
    if (this.isEmpty(record)) this.emptyUnits += this.field(record, Field.UNITS);
  }

  /** Takes a record off its list, if it is on one. */
  takeOff(record: RecordIndex): void {
    if (this.field(record, Field.LIST) === NO_LIST) return;
    if (this.isEmpty(record)) this.emptyUnits -= this.field(record, Field.UNITS);
    this.records.unlink(record);
  }

  /** Takes the oldest available record of a class, or NO_RECORD. */
  shiftAvailable(sizeClass: number): RecordIndex {
    const record = this.records.first(available(sizeClass));
    if (record !== NO_RECORD) this.takeOff(record);
    return record;
  }

  /** Takes the record of a class that has been full for longest, or NO_RECORD. */
  shiftFull(sizeClass: number): RecordIndex {
    const record = this.records.first(full(sizeClass));
    if (record !== NO_RECORD) this.takeOff(record);
    return record;
  }

  /** Turns what others freed in a slab into free slots. Returns how many there were. */
  collect(record: RecordIndex): number {
    if (this.isCurrent(record)) return this.records.collect(record);
    this.takeOff(record);
    const collected = this.records.collect(record);
    this.file(record);
    return collected;
  }

  /** Makes `record`, which is nowhere, the slab that its class allocates from. */
  install(record: RecordIndex): void {
    const sizeClass = this.field(record, Field.CLASS);
    const before = this.current[sizeClass];
    this.current[sizeClass] = record;
    if (before !== NO_RECORD) this.file(before);
  }
}
