/**
 * What a thread knows of one of its slabs, in private memory, and lists of slabs. All of it is derived from the slot
 * states: `live` + free slots = `slotCount`, and the free slots are those on the list that begins at `head`.
 */
import type { Unit } from '../layout/units.ts';
import { SLOT_STEP_BYTES } from '../layout/regions.ts';
import { RECIPROCALS, SLOT_BYTES, slotCountOf } from './size-class.ts';
import { NO_SLOT, REMOTE, USED, type SlabTable } from './slab-table.ts';

/** A slab is worth allocating from again when this share of its slots is free. */
const WORTHWHILE_SHARE = 8;
/** `noteAt` of a slab whose frees nobody needs to know of. */
export const NEVER = -1;

/** A slab that this thread owns. Fields that every allocation and free touches come first, to share cache lines. */
export class Slab {
  /** The first free slot, or NO_SLOT. */
  head: number = NO_SLOT;
  /** Slots that are not on the list of free ones: USED, or REMOTE and not collected. */
  live = 0;
  /** A free that leaves no more live slots than this changes where the slab belongs. */
  noteAt: number = NEVER;
  /** Index of the state of the first slot. */
  readonly firstState: number;
  /** Address of the first slot in steps of 16 bytes, a small integer also where the address is none. */
  readonly addressSteps: number;
  readonly slotBytes: number;
  readonly reciprocal: number;
  readonly sizeClass: number;
  readonly slotCount: number;
  readonly start: Unit;
  readonly unitCount: number;
  /** Place in the owner's table of slabs. */
  readonly index: number;
  /** The list that the slab is on; undefined while it is current or being worked on. */
  list: SlabList | undefined = undefined;
  previous: Slab = this;
  next: Slab = this;

  constructor(table: SlabTable, sizeClass: number, start: Unit, unitCount: number, index: number) {
    this.sizeClass = sizeClass;
    this.firstState = table.firstState(start);
    this.addressSteps = table.layout.addressOf(start) / SLOT_STEP_BYTES;
    this.slotBytes = SLOT_BYTES[this.sizeClass]!;
    this.reciprocal = RECIPROCALS[this.sizeClass]!;
    this.slotCount = slotCountOf(table.layout.bytesOf(unitCount), sizeClass);
    this.start = start;
    this.unitCount = unitCount;
    this.index = index;
  }

  get isEmpty(): boolean {
    return this.live === 0;
  }

  get hasFreeSlot(): boolean {
    return this.head !== NO_SLOT;
  }

  /** Most live slots with which the slab is worth allocating from. */
  get worthwhileAt(): number {
    return this.slotCount - Math.max(1, Math.floor(this.slotCount / WORTHWHILE_SHARE));
  }

  /** Links all slots that are not USED, lowest first. */
  linkFreeSlots(states: Uint16Array): void {
    let head = NO_SLOT;
    let live = 0;
    for (let slot = this.slotCount - 1; slot >= 0; slot--) {
      if (states[this.firstState + slot] === USED) {
        live++;
        continue;
      }
      states[this.firstState + slot] = head;
      head = slot;
    }
    this.head = head;
    this.live = live;
  }

  /** Turns the slots that others freed into free ones. Returns how many there were. */
  collect(states: Uint16Array): number {
    const liveBefore = this.live;
    const end = this.firstState + this.slotCount;
    for (let state = this.firstState; state < end; state++) {
      if (states[state] !== REMOTE) continue;
      states[state] = this.head;
      this.head = state - this.firstState;
      this.live--;
    }
    return liveBefore - this.live;
  }
}

/** Slabs in the order in which they came. Circular through a slab that stands for both ends. */
export class SlabList {
  readonly #end: Slab;

  constructor(placeholder: Slab) {
    this.#end = placeholder;
  }

  get first(): Slab | undefined {
    return this.#end.next === this.#end ? undefined : this.#end.next;
  }

  append(slab: Slab): void {
    const last = this.#end.previous;
    slab.list = this;
    slab.previous = last;
    slab.next = this.#end;
    last.next = slab;
    this.#end.previous = slab;
  }

  remove(slab: Slab): void {
    slab.previous.next = slab.next;
    slab.next.previous = slab.previous;
    slab.list = undefined;
  }
}
