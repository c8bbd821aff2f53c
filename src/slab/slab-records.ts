/**
 * What a thread knows of its own slabs, in private memory: one record of 64 bytes per slab, and lists of records.
 *
 *   record   HEAD  first free slot, or NO_SLOT          LIVE   slots not free here: USED, or REMOTE and not collected
 *            STATES, ADDRESS, SLOT_BYTES, RECIPROCAL, SLOTS, UNITS, START, CLASS      constant while the slab is owned
 *            LIST, PREVIOUS, NEXT                       the list that holds the record
 *
 *   list     per class: AVAILABLE (has free slots), FULL (none seen); both first in, first out
 *
 * All of it is derived from the slot states. A record is named by the index of its first word; record 0 belongs to no
 * slab and is always full, so that "no current slab" needs no test of its own. Lists are circular through a record
 * that stands for their ends.
 */
import { unitAfter, type Unit } from '../layout/units.ts';
import { CLASS_COUNT, RECIPROCALS, SLOT_BYTES } from './size-class.ts';
import { NO_SLOT, REMOTE, USED, type SlabTable } from './slab-table.ts';

/** The words of a record. */
export const Field = {
  HEAD: 0,
  LIVE: 1,
  STATES: 2,
  /** Address of the first slot in steps of 16 bytes, which fit an Int32 up to 32 GiB. */
  ADDRESS: 3,
  SLOT_BYTES: 4,
  RECIPROCAL: 5,
  CLASS: 6,
  SLOTS: 7,
  LIST: 8,
  PREVIOUS: 9,
  NEXT: 10,
  START: 11,
  UNITS: 12,
  WORDS: 16,
} as const;

/** Index of a record's first word. */
export type RecordIndex = number;

/** The record of no slab. */
export const NO_RECORD: RecordIndex = 0;

const INITIAL_RECORDS = 512;

/** First record that stands for the ends of a list; those of all lists follow record 0. */
const endOf = (list: number): RecordIndex => (1 + list) * Field.WORDS;
const LIST_COUNT = 2 * CLASS_COUNT;

/** The list of a class's slabs with free slots. */
export const available = (sizeClass: number): number => sizeClass;
/** The list of a class's slabs in which no free slot is known. */
export const full = (sizeClass: number): number => CLASS_COUNT + sizeClass;
/** On no list: current, or being worked on. */
export const NO_LIST = -1;

/** The records of one thread's slabs. */
export class SlabRecords {
  words: Int32Array = new Int32Array(INITIAL_RECORDS * Field.WORDS);
  /** Record of the slab that holds a unit, by unit; NO_RECORD where this thread owns none. */
  readonly ofUnit: Int32Array;
  readonly #table: SlabTable;
  #end: number = endOf(LIST_COUNT);
  /** Records that were given back, linked through NEXT. */
  #spare: RecordIndex = NO_RECORD;

  constructor(table: SlabTable) {
    this.#table = table;
    this.ofUnit = new Int32Array(table.layout.unitLimit);
    this.words[NO_RECORD + Field.HEAD] = NO_SLOT;
    for (let list = 0; list < LIST_COUNT; list++) {
      this.words[endOf(list) + Field.PREVIOUS] = endOf(list);
      this.words[endOf(list) + Field.NEXT] = endOf(list);
    }
  }

  /** Makes a record for the slab of `unitCount` units at `start` and derives it from the slot states. */
  add(start: Unit, unitCount: number): RecordIndex {
    const record = this.#newRecord();
    const { words } = this;
    const sizeClass = this.#table.classAt(start);
    words[record + Field.STATES] = this.#table.firstState(start);
    words[record + Field.ADDRESS] = this.#table.layout.addressOf(start) / 16;
    words[record + Field.SLOT_BYTES] = SLOT_BYTES[sizeClass]!;
    words[record + Field.RECIPROCAL] = RECIPROCALS[sizeClass]!;
    words[record + Field.CLASS] = sizeClass;
    words[record + Field.SLOTS] = this.#table.slotCount(start, unitCount);
    words[record + Field.LIST] = NO_LIST;
    words[record + Field.START] = start;
    words[record + Field.UNITS] = unitCount;
    this.#linkFreeSlots(record);
    for (let unit: Unit = start; unit < start + unitCount; unit = unitAfter(unit, 1)) this.ofUnit[unit] = record;
    return record;
  }

  #newRecord(): RecordIndex {
    const record = this.#spare;
    if (record !== NO_RECORD) {
      this.#spare = this.words[record + Field.NEXT]!;
      return record;
    }
    if (this.#end === this.words.length) {
      const grown = new Int32Array(2 * this.words.length);
      grown.set(this.words);
      this.words = grown;
    }
    this.#end += Field.WORDS;
    return this.#end - Field.WORDS;
  }

  /** Links all slots that are not USED, lowest first. */
  #linkFreeSlots(record: RecordIndex): void {
    const { words } = this;
    const { states } = this.#table;
    const first = words[record + Field.STATES];
    let head = NO_SLOT;
    let live = 0;
    for (let slot = words[record + Field.SLOTS] - 1; slot >= 0; slot--) {
      if (states[first + slot] === USED) {
        live++;
        continue;
      }
      states[first + slot] = head;
      head = slot;
    }
    words[record + Field.HEAD] = head;
    words[record + Field.LIVE] = live;
  }

  /** Turns the slots that others freed into free ones. Returns how many there were. */
  collect(record: RecordIndex): number {
    const { words } = this;
    const { states } = this.#table;
    const first = words[record + Field.STATES];
    const end = first + words[record + Field.SLOTS];
    let collected = 0;
    for (let state = first; state < end; state++) {
      if (states[state] !== REMOTE) continue;
      states[state] = words[record + Field.HEAD]!;
      words[record + Field.HEAD] = state - first;
      words[record + Field.LIVE]--;
      collected++;
    }
    return collected;
  }

  /** Forgets the slab of a record that is on no list; the record can be used again. */
  remove(record: RecordIndex): void {
    const { words } = this;
    const start = words[record + Field.START];
    this.ofUnit.fill(NO_RECORD, start, start + words[record + Field.UNITS]);
    words[record + Field.NEXT] = this.#spare;
    this.#spare = record;
  }

  /** Puts a record at the end of a list. */
  append(list: number, record: RecordIndex): void {
    const { words } = this;
    const last = words[endOf(list) + Field.PREVIOUS];
    words[record + Field.LIST] = list;
    words[record + Field.PREVIOUS] = last;
    words[record + Field.NEXT] = endOf(list);
    words[last + Field.NEXT] = record;
    words[endOf(list) + Field.PREVIOUS] = record;
  }

  /** Takes a record off its list. */
  unlink(record: RecordIndex): void {
    const { words } = this;
    const previous = words[record + Field.PREVIOUS];
    const next = words[record + Field.NEXT];
    words[previous + Field.NEXT] = next;
    words[next + Field.PREVIOUS] = previous;
    words[record + Field.LIST] = NO_LIST;
  }

  /** The oldest record on a list; NO_RECORD if it is empty. */
  first(list: number): RecordIndex {
    const record = this.words[endOf(list) + Field.NEXT];
    return record === endOf(list) ? NO_RECORD : record;
  }

  /** Every record of a slab. Records may be removed meanwhile. */
  *all(): Iterable<RecordIndex> {
    for (let record = endOf(LIST_COUNT); record < this.#end; record += Field.WORDS) {
      if (this.ofUnit[this.words[record + Field.START]] === record) yield record;
    }
  }
}
