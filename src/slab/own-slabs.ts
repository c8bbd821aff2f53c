/**
 * The slabs of one thread by what they are good for. Each is in exactly one place:
 *
 *   current      the slab that its class allocates from
 *   available    a quarter of its slots is free, or more; may be empty, then it counts in `emptyUnits`
 *   full         fewer are free, as far as is known; others may have freed some
 *
 * The quarter keeps slabs from going to and fro with every few blocks when a full heap is in use.
 * Private to the thread and derived from the slot states: losing it loses no block.
 */
import type { Unit } from '../layout/units.ts';
import type { OwnerWord } from '../sync/owner-word.ts';
import { CLASS_COUNT } from './size-class.ts';
import * as slabs from './slab.ts';
import { Slab } from './slab.ts';
import type { SlabTable } from './slab-table.ts';

/** Constants of this module, which V8 folds into the code as it does not fold imported ones. */
const { NEVER, Place } = slabs;

/** Index of a unit that lies in no slab of this thread. */
export const NO_INDEX = 0;

/** One thread's slabs, sorted. */
export class OwnSlabs {
  readonly table: SlabTable;
  readonly owner: OwnerWord;
  /** Stands where there is no slab: it is always full, so that taking from it needs no test of its own. */
  readonly none: Slab;
  /** Slabs by their index; freed places hold `none`. */
  readonly slabs: Slab[];
  /** Index of the slab that holds a unit, by unit; NO_INDEX where this thread owns none. */
  readonly ofUnit: Int32Array;
  /** The current slab of each class, or `none`. */
  readonly current: Slab[];
  readonly unitsOfClass: Int32Array = new Int32Array(CLASS_COUNT);
  /** Units of all slabs. */
  units = 0;
  /** Units of available slabs without a live slot. */
  emptyUnits = 0;
  /** Per class the ends of two circular lists, oldest first. */
  private readonly available: Slab[];
  private readonly full: Slab[];
  readonly #freeIndices: number[] = [];

  constructor(table: SlabTable, owner: OwnerWord) {
    const placeholder = () => new Slab(table, 0, 0 as Unit, 0, NO_INDEX);
    this.table = table;
    this.owner = owner;
    this.none = placeholder();
    this.slabs = [this.none];
    this.ofUnit = new Int32Array(table.layout.unitLimit);
    this.current = Array.from({ length: CLASS_COUNT }, () => this.none);
    this.available = this.current.map(placeholder);
    this.full = this.current.map(placeholder);
  }

  owns(start: Unit): boolean {
    return this.ofUnit[start] !== NO_INDEX;
  }

  isCurrent(slab: Slab): boolean {
    return this.current[slab.sizeClass] === slab;
  }

  /** Every slab. Slabs may be dropped meanwhile. */
  all(): Slab[] {
    return this.slabs.filter((slab) => slab !== this.none);
  }

  /** Knows a slab that is ours from now on; it is nowhere yet. */
  add(start: Unit, unitCount: number): Slab {
    const slab = new Slab(
      this.table,
      this.table.classAt(start),
      start,
      unitCount,
      this.#freeIndices.pop() ?? this.slabs.length,
    );
    slab.linkFreeSlots(this.table.states);
    this.slabs[slab.index] = slab;
    this.ofUnit.fill(slab.index, start, start + unitCount);
    this.units += unitCount;
    this.unitsOfClass[slab.sizeClass] += unitCount;
    return slab;
  }

  /** Forgets a slab, wherever it is. */
  drop(slab: Slab): void {
    if (this.isCurrent(slab)) this.current[slab.sizeClass] = this.none;
    this.takeOff(slab);
    this.units -= slab.unitCount;
    this.unitsOfClass[slab.sizeClass] -= slab.unitCount;
    this.ofUnit.fill(NO_INDEX, slab.start, slab.start + slab.unitCount);
    this.slabs[slab.index] = this.none;
    this.#freeIndices.push(slab.index);
  }

  /** Puts a slab that is nowhere on the list where it belongs. */
  file(slab: Slab): void {
    if (slab.live <= slab.reuseThreshold) this.appendAvailable(slab);
    else this.appendFull(slab);
  }

  private appendAvailable(slab: Slab): void {
    slab.place = Place.AVAILABLE;
    slab.notifyThreshold = 0;
    link(this.available[slab.sizeClass], slab);
    if (slab.live === 0) this.emptyUnits += slab.unitCount;
  }

  private appendFull(slab: Slab): void {
    slab.place = Place.FULL;
    slab.notifyThreshold = slab.reuseThreshold;
    link(this.full[slab.sizeClass], slab);
  }

  /** Takes a slab off its list, if it is on one. */
  takeOff(slab: Slab): void {
    if (slab.place === Place.NOWHERE) return;
    if (slab.live === 0) this.emptyUnits -= slab.unitCount;
    unlink(slab);
    slab.place = Place.NOWHERE;
    slab.notifyThreshold = NEVER;
  }

  /** A free has left no more live slots than `notifyThreshold`: the slab became worth allocating from, or empty. */
  noteFree(slab: Slab): void {
    if (slab.place === Place.FULL) {
      unlink(slab);
      this.appendAvailable(slab);
    } else if (slab.place === Place.AVAILABLE && slab.live === 0) {
      this.emptyUnits += slab.unitCount;
    }
  }

  /** Puts the oldest available slab in the place of the current one, which is full. False if there is none. */
  replaceCurrent(sizeClass: number): boolean {
    const end = this.available[sizeClass];
    const slab = end.next;
    if (slab === end) return false;
    this.takeOff(slab);
    const before = this.current[sizeClass];
    this.current[sizeClass] = slab;
    if (before !== this.none) this.appendFull(before);
    return true;
  }

  /** Takes the oldest available slab of a class. */
  shiftAvailable(sizeClass: number): Slab | undefined {
    return this.shift(this.available[sizeClass]);
  }

  /** Takes the slab of a class that has been full for longest. */
  shiftFull(sizeClass: number): Slab | undefined {
    return this.shift(this.full[sizeClass]);
  }

  private shift(end: Slab): Slab | undefined {
    const slab = end.next;
    if (slab === end) return undefined;
    this.takeOff(slab);
    return slab;
  }

  /** Takes a slab of a class that has any free slot, when there is nothing better. */
  shiftPartial(sizeClass: number): Slab | undefined {
    const isPartial = (one: Slab) => one.sizeClass === sizeClass && one.place !== Place.NOWHERE && one.hasFreeSlot;
    const slab = this.slabs.find(isPartial);
    if (slab !== undefined) this.takeOff(slab);
    return slab;
  }

  /** Turns what others freed in a slab into free slots. Returns how many there were. */
  collect(slab: Slab): number {
    if (this.isCurrent(slab)) return slab.collect(this.table.states);
    this.takeOff(slab);
    const collected = slab.collect(this.table.states);
    this.file(slab);
    return collected;
  }

  /** Makes a slab that is nowhere the one that its class allocates from. */
  install(slab: Slab): void {
    const before = this.current[slab.sizeClass];
    this.current[slab.sizeClass] = slab;
    if (before !== this.none) this.file(before);
  }
}

function link(end: Slab, slab: Slab): void {
  const last = end.previous;
  slab.previous = last;
  slab.next = end;
  last.next = slab;
  end.previous = slab;
}

function unlink(slab: Slab): void {
  slab.previous.next = slab.next;
  slab.next.previous = slab.previous;
}
